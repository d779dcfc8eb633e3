import { Button, Modal } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ListedRun, Stored } from '../../storage/runs';
import { messageText } from '../i18n/dynamic';
import { i18n, language } from '../i18n';
import { fixed } from '../i18n/format';
import { keeper, runOf, useKept } from '../store/keep';
import { actions, useLab } from '../store/useLab';
import { setView, useView } from '../store/useView';
import classes from './kept.module.css';
import { bytesText, nameOfRun, stoppedIn, whereText } from './words';

interface Room {
  used?: number | undefined;
  quota?: number | undefined;
  persisted: boolean;
}

/** What is stored in this browser: sizes, runs, and how to be rid of them. */
export function StoredWork() {
  const { t } = useTranslation();
  const opened = useView((s) => s.stored);
  const problem = useKept((s) => (s.status === 'off' ? s.problem : undefined));
  const confirmed = useKept((s) => s.confirmed);
  const [stored, setStored] = useState<Stored>();
  const [room, setRoom] = useState<Room>();
  const busy = useLab((s) => s.state !== 'idle');

  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (!opened) return;
    let current = true;
    void Promise.all([keeper().then((kept) => kept?.list()), roomOf()]).then(([list, space]) => {
      if (!current) return;
      setStored(list ?? { runs: [], bytes: 0 });
      setRoom(space);
    });
    return () => void (current = false);
  }, [opened, confirmed, turn]); // every write that is confirmed

  return (
    <Modal
      opened={opened}
      onClose={() => setView({ stored: false })}
      title={t('kept.title')}
      size="52rem"
      closeButtonProps={{ 'aria-label': t('notice.close') }}
      classNames={{ title: classes.title! }}
    >
      <p className={classes.about}>{t('kept.about')}</p>
      {problem && (
        <p className={classes.notice} data-bad role="alert">
          {t('kept.off')} {messageText(problem)}
        </p>
      )}
      {stored && stored.runs.length === 0 && !problem && <p>{t('kept.none')}</p>}
      {stored && stored.runs.length > 0 && (
        <>
          <Runs runs={stored.runs} busy={busy} />
          <p className={classes.about}>{t('kept.shared')}</p>
        </>
      )}
      {stored && <Foot stored={stored} room={room} busy={busy} onChanged={() => setTurn(turn + 1)} />}
    </Modal>
  );
}

async function roomOf(): Promise<Room> {
  try {
    const { usage, quota } = await navigator.storage.estimate();
    return { used: usage, quota, persisted: await navigator.storage.persisted() };
  } catch {
    return { persisted: true }; // nothing to ask for
  }
}

function Runs({ runs, busy }: { runs: readonly ListedRun[]; busy: boolean }) {
  const { t } = useTranslation();
  const config = useLab((s) => s.config);
  const problems = useLab((s) => s.problems.length > 0);
  const here = problems ? '' : runOf(config, null).id;
  return (
    <table className={classes.runs}>
      <thead>
        <tr>
          <th>{t('kept.run')}</th>
          <th>{t('kept.date')}</th>
          <th data-number>{t('kept.size')}</th>
          <th data-number title={t('kept.goldHint')}>
            {t('kept.gold')}
          </th>
          <td />
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <RunRow key={run.id} {...{ run, busy }} isHere={run.id === here} />
        ))}
      </tbody>
    </table>
  );
}

interface RunRowProps {
  run: ListedRun;
  /** It is the one that is open. */
  isHere: boolean;
  busy: boolean;
}

function RunRow({ run, isHere, busy }: RunRowProps) {
  const { t } = useTranslation();
  const { arms, under } = nameOfRun(run.config);
  const name = arms.join(', ');
  const gold = bestGold(run);
  return (
    <tr data-run={run.id} data-here={isHere || undefined}>
      <th scope="row">
        {arms.map((arm, i) => (
          <b key={i}>{arm}</b>
        ))}
        <span>{under.join(' · ')}</span>
        <span>{stateText(run)}</span>
      </th>
      <td>{new Date(run.changed).toLocaleString(language(), { dateStyle: 'medium', timeStyle: 'short' })}</td>
      <td data-number>{bytesText(run.bytes)}</td>
      <td data-number>{gold === undefined ? '–' : fixed(gold, 2, true)}</td>
      <td data-actions>
        <div className={classes.actions}>
          <Button
            size="compact-xs"
            variant="default"
            disabled={busy || isHere}
            onClick={() => {
              actions.openRun(run);
              setView({ stored: false });
            }}
          >
            {t(isHere ? 'kept.state.here' : 'kept.show')}
          </Button>
          <DeleteButton
            label={t('kept.delete')}
            about={t('kept.deleteName', { name })}
            disabled={busy && isHere}
            onDelete={async () => (await keeper())?.delete(run.id)}
          />
        </div>
      </td>
    </tr>
  );
}

/** How far a run has come. */
function stateText({ config, entries, keys }: ListedRun): string {
  const stopped = stoppedIn(config, entries);
  if (stopped.length > 0) return i18n.t('kept.state.at', { where: whereText(stopped) });
  if (config.arms.every((arm) => entries[arm.id]?.kind === 'result')) return i18n.t('kept.state.done');
  const done = Object.values(entries).filter(({ kind }) => kind === 'result').length;
  return i18n.t('kept.state.part', { done: String(done), all: String(Object.keys(keys).length) });
}

/** The best gold reward of the arms of a run. */
function bestGold({ config, entries }: ListedRun): number | undefined {
  const found = config.arms.flatMap(({ id }) => entries[id]?.summary?.['gold'] ?? []);
  return found.length > 0 ? Math.max(...found) : undefined;
}

interface FootProps {
  stored: Stored;
  room: Room | undefined;
  busy: boolean;
  onChanged: () => void;
}

function Foot({ stored, room, busy, onChanged }: FootProps) {
  const { t } = useTranslation();
  const own = bytesText(stored.bytes);
  const { used, quota, persisted = true } = room ?? {};
  return (
    <div className={classes.foot}>
      <p>
        {used !== undefined && quota !== undefined
          ? t('kept.room', { own, used: bytesText(used), quota: bytesText(quota) })
          : t('kept.noRoom', { own })}
        {room && persisted && used !== undefined && <span>{t('kept.persistent')}</span>}
      </p>
      <div className={classes.actions}>
        <Button size="compact-sm" variant="default" onClick={() => setView({ stored: false, runs: true })}>
          {t('view.runs')}
        </Button>
        {!persisted && (
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => void navigator.storage.persist().then(onChanged)}
          >
            {t('kept.persist')}
          </Button>
        )}
        {(stored.runs.length > 0 || stored.bytes > 0) && (
          <DeleteButton
            label={t('kept.deleteAll')}
            about={busy ? t('kept.busy') : t('kept.deleteAll')}
            disabled={busy}
            onDelete={async () => (await keeper())?.deleteAll()}
          />
        )}
      </div>
    </div>
  );
}

interface DeleteButtonProps {
  label: string;
  about: string;
  disabled: boolean;
  onDelete: () => Promise<unknown>;
}

/** Asks once more in its own place. */
function DeleteButton({ label, about, disabled, onDelete }: DeleteButtonProps) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState(false);
  if (!asked)
    return (
      <Button
        size="compact-xs"
        variant="subtle"
        title={about}
        aria-label={about}
        disabled={disabled}
        onClick={() => setAsked(true)}
      >
        {label}
      </Button>
    );
  return (
    <span className={classes.sure}>
      <Button
        size="compact-xs"
        color="red"
        autoFocus
        onClick={() => void onDelete().finally(() => setAsked(false))}
      >
        {t('kept.sure')}
      </Button>
      <Button size="compact-xs" variant="default" onClick={() => setAsked(false)}>
        {t('kept.cancel')}
      </Button>
    </span>
  );
}
