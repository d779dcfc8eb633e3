import { Button } from '@mantine/core';
import { Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useShallow } from 'zustand/react/shallow';
import { placeOf, stageOfNode } from '../../pipeline/lab/edit';
import type { Message } from '../../messages';
import {
  backendText,
  continuesSentence,
  messageText,
  problemText,
  settingText,
  stageText,
} from '../i18n/dynamic';
import { duration, spaced } from '../i18n/format';
import { nameList } from '../i18n/list';
import { useStageName } from '../store/useStageName';
import type { StageModel } from '../store/snapshot';
import { statusOf, type Status } from '../store/status';
import { actions, useLab } from '../store/useLab';
import classes from './app.module.css';
import { FallbackNote } from './Notices';
import { replayBar } from './parts';
import { doneSentence } from './status-words';

const BAD: ReadonlySet<Status['kind']> = new Set(['problem', 'engineFailed', 'unloaded', 'failed']);

/** What Run will do, what is going on, or what came out: one sentence. */
export function StatusLine() {
  const { t } = useTranslation();
  const status = statusOf(
    useLab(
      useShallow(({ state, stages, problems, engine, loaded, unloaded, replay }) => ({
        state,
        stages,
        problems,
        engine,
        loaded,
        unloaded,
        replay,
      })),
    ),
  );
  const sentence = useSentence(status);
  const bad = BAD.has(status.kind);
  return (
    <div className={classes.statusRow} data-replay={status.kind === 'replay' || undefined}>
      <p id="status" className={classes.status} data-kind={status.kind} data-bad={bad || undefined}>
        {sentence}
      </p>
      {status.kind === 'engineFailed' && (
        <Button size="compact-sm" variant="default" onClick={() => void actions.restartEngine()}>
          {t('notice.retry')}
        </Button>
      )}
      {status.kind === 'replay' ? (
        <Suspense>
          <replayBar.Part />
        </Suspense>
      ) : (
        <FallbackNote />
      )}
    </div>
  );
}

function useSentence(status: Status): string {
  const { t } = useTranslation();
  const stageName = useStageName();
  const problemOf = useProblemOf();
  const config = useLab((s) => s.config);
  const nameOf = (stage: StageModel): string => {
    if (stage.owner === undefined) return stageName(stage);
    const owner = config.arms.find((a) => a.id === stage.owner)?.name ?? t('stage.teacher');
    return t('stage.ownStages', { name: owner });
  };
  const names = (stages: readonly StageModel[]) => nameList([...new Set(stages.map(nameOf))]);
  switch (status.kind) {
    case 'loading':
    case 'engineStarting':
    case 'waiting':
      return t(`status.${status.kind}`);
    case 'engineFailed':
      return t('status.engineFailed', { message: messageText(status.message) });
    case 'unloaded':
      return t('status.unloaded', { names: names(status.stages) });
    case 'problem': {
      const problem = problemOf(status.path, status.message);
      return t(status.count > 1 ? 'status.problems' : 'status.problem', { problem, count: status.count });
    }
    case 'ready': {
      const todo = names(status.todo);
      if (status.todo.some((s) => s.status === 'stale')) return spaced(t('status.stale', { todo }));
      const ready = names(status.ready);
      return spaced(ready ? t('status.ready', { todo, ready }) : t('status.readyScratch', { todo }));
    }
    case 'running': {
      const left = status.secondsLeft;
      if (!status.active.length) return t('status.runningNext');
      const active = nameList(
        status.active.map((s) =>
          s.progress
            ? t('status.progress', {
                name: stageName(s),
                update: String(s.progress.update),
                updates: String(s.progress.updates),
              })
            : stageName(s),
        ),
      );
      if (left === undefined) return spaced(t('status.running', { active }));
      return spaced(t('status.runningLeft', { active, time: duration(left) }));
    }
    case 'replay': {
      const values = { seed: String(status.seed), backend: backendText(status.backend) };
      return t(status.ended ? 'replay.ended' : 'replay.label', values);
    }
    case 'paused':
      return t('status.paused');
    case 'failed':
      return spaced(t('status.failed', { names: names(status.failed) }));
    case 'done':
      return doneSentence(status.standings, status.troubled);
  }
}

/** `ppo.klCoef` as "PPO: KL coefficient", with what is wrong with it. */
function useProblemOf(): (path: string, message: Message) => string {
  const config = useLab((s) => s.config);
  const { t } = useTranslation();
  return (path, message) => {
    if (path === 'task' || path === 'size' || path === 'seed' || path === 'start')
      return problemText(t(`setup.${path}`), message);
    const [id = '', name = ''] = path.split('.');
    const arm = config.arms.find((a) => a.id === id);
    if (!name || !placeOf(config, id)) return problemText(path, message);
    const stage = stageOfNode(config, id);
    const of = { stage: arm?.name ?? stageText(stage), setting: settingText(stage, name).label };
    return problemText(t(continuesSentence(message) ? 'status.settingOf' : 'status.settingIn', of), message);
  };
}
