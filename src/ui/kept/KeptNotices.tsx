import { Button, CloseButton } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useShallow } from 'zustand/react/shallow';
import { isHeld } from '../../storage/locks';
import type { ListedRun } from '../../storage/runs';
import { messageText } from '../i18n/dynamic';
import { keeper, runOf, useKept } from '../store/keep';
import { canUndo, dismissUndo, undo, useUndo } from '../store/undo';
import { actions, canRun, useLab } from '../store/useLab';
import { useStageName } from '../store/useStageName';
import { useSweep } from '../store/useSweep';
import { setView } from '../store/useView';
import classes from './kept.module.css';
import { armsOf, stoppedIn, whereText } from './words';

/** What was interrupted, what can be taken back, and what could not be stored. */
export function KeptNotices() {
  return (
    <>
      <ProblemNotice />
      <InterruptedNotice />
      <EarlierNotice />
      <UndoNotice />
    </>
  );
}

/** What could not be stored, and why. */
function ProblemNotice() {
  const { t } = useTranslation();
  const problem = useKept((s) => (s.problem === s.closed ? undefined : s.problem));
  const elsewhere = useKept((s) => s.elsewhere.length > 0);
  if (!problem && !elsewhere) return null;
  const said = problem ?? ({ code: 'storage.elsewhere', values: {} } as const);
  return (
    <div
      className={classes.notice}
      data-bad={said.code !== 'storage.elsewhere' || undefined}
      data-notice="storage"
    >
      <p role="status">{messageText(said)}</p>
      <div className={classes.choices}>
        {problem?.code === 'storage.full' && (
          <>
            <Button size="compact-sm" variant="default" onClick={() => setView({ stored: true })}>
              {t('view.stored')}
            </Button>
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => void keeper().then((kept) => kept?.saveUnkept())}
            >
              {t('kept.again')}
            </Button>
          </>
        )}
        <CloseButton
          aria-label={t('notice.close')}
          onClick={() => useKept.setState({ closed: problem, elsewhere: [] })}
        />
      </div>
    </div>
  );
}

/** The run that is open stopped at a checkpoint: it can go on, unless another tab is doing so. */
function InterruptedNotice() {
  const { t } = useTranslation();
  const stageName = useStageName();
  const idle = useLab((s) => s.state === 'idle' && s.replay === null);
  const stopped = useLab(useShallow((s) => s.stages.filter((stage) => stage.status === 'interrupted')));
  const possible = useLab((s) => canRun(s));
  const config = useLab((s) => s.config);
  const key = stopped.map(({ id }) => id).join(' ');
  const [isElsewhere, setElsewhere] = useState(false);
  useEffect(() => {
    if (!key || !idle) return;
    const { keys } = runOf(config, null);
    const locks = navigator.locks as LockManager | undefined;
    let current = true;
    void Promise.all(key.split(' ').map((id) => isHeld(keys[id] ?? '', locks))).then(
      (held) => current && setElsewhere(held.some(Boolean)),
    );
    return () => void (current = false);
  }, [key, idle, config, stopped]);
  const isSwept = useSweep((s) => s.sweep !== null && s.state !== 'done'); // which offers to go on itself
  if (!idle || isSwept || stopped.length === 0) return null;
  const where = whereText(stopped.map((stage) => ({ name: stageName(stage), ...stage.progress })));
  return (
    <div className={classes.notice} data-notice="interrupted">
      <p role="status">{isElsewhere ? t('kept.elsewhere') : t('kept.interrupted', { where })}</p>
      <div className={classes.choices}>
        {isElsewhere ? (
          <Button size="compact-sm" variant="default" onClick={() => void actions.reloadKept()}>
            {t('kept.look')}
          </Button>
        ) : (
          <Button size="compact-sm" className={classes.primary} disabled={!possible} onClick={actions.run}>
            {t('kept.goOn')}
          </Button>
        )}
      </div>
    </div>
  );
}

/** The last run of an earlier visit stopped at a checkpoint, and it is not the one that is open. */
function EarlierNotice() {
  const { t } = useTranslation();
  const [earlier, setEarlier] = useState<ListedRun>();
  const untouched = useLab(
    (s) => s.state === 'idle' && !s.replay && !s.stages.some((stage) => stage.source === 'live'),
  );
  useEffect(() => {
    const { id } = runOf(useLab.getState().config, null);
    void keeper()
      .then((kept) => kept?.list())
      .then((stored) => {
        const last = stored?.runs[0];
        if (last && last.id !== id && stoppedIn(last.config, last.entries).length > 0) setEarlier(last);
      });
  }, []);
  if (!earlier || !untouched) return null;
  return (
    <div className={classes.notice} data-notice="earlier">
      <p role="status">
        {t('kept.other', {
          name: armsOf(earlier.config),
          where: whereText(stoppedIn(earlier.config, earlier.entries)),
        })}
      </p>
      <div className={classes.choices}>
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => {
            setEarlier(undefined);
            actions.openRun(earlier);
          }}
        >
          {t('kept.openOther')}
        </Button>
        <CloseButton aria-label={t('notice.close')} onClick={() => setEarlier(undefined)} />
      </div>
    </div>
  );
}

/** The latest step that can be taken back. */
function UndoNotice() {
  const { t } = useTranslation();
  const last = useUndo((s) => (s.offered ? s.steps.at(-1) : undefined));
  const running = useLab((s) => s.state !== 'idle');
  if (!last) return null;
  return (
    <div className={classes.notice} data-notice="undo">
      <p role="status">{t(`kept.undone.${last.what}`, { name: last.name })}</p>
      <div className={classes.choices}>
        <Button
          size="compact-sm"
          variant="default"
          title={t('kept.undoHint')}
          disabled={!canUndo(last, running)}
          onClick={() => undo(running)}
        >
          {t('kept.undo')}
        </Button>
        <CloseButton aria-label={t('notice.close')} onClick={dismissUndo} />
      </div>
    </div>
  );
}
