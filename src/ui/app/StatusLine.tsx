import { useTranslation } from 'react-i18next';
import { placeOf, stageOfNode } from '../../pipeline/lab/edit';
import { useMemo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { backendText, messageText, settingText, stageText } from '../i18n/dynamic';
import { duration, fixed, percent } from '../i18n/format';
import { useStageName } from '../store/useStageName';
import type { StageModel } from '../store/snapshot';
import { statusOf, type Status } from '../store/status';
import { ReplayBar } from '../replay/ReplayBar';
import { useLab } from '../store/useLab';
import classes from './app.module.css';
import { FallbackNote } from './Notices';

/** What Run will do, what is going on, or what came out: one sentence. */
export function StatusLine() {
  const status = statusOf(
    useLab(
      useShallow(({ state, stages, problems, engine, loaded, replay }) => ({
        state,
        stages,
        problems,
        engine,
        loaded,
        replay,
      })),
    ),
  );
  const sentence = useSentence(status);
  const bad = status.kind === 'problem' || status.kind === 'engineFailed' || status.kind === 'failed';
  return (
    <div className={classes.statusRow} data-replay={status.kind === 'replay' || undefined}>
      <p id="status" className={classes.status} data-kind={status.kind} data-bad={bad || undefined}>
        {sentence}
      </p>
      {status.kind === 'replay' ? <ReplayBar /> : <FallbackNote />}
    </div>
  );
}

function useSentence(status: Status): string {
  const { t } = useTranslation();
  const stageName = useStageName();
  const problemPath = useProblemPath();
  const list = useMemo(
    () => (items: string[]) =>
      items.length < 2
        ? (items[0] ?? '')
        : items.slice(0, -1).join(t('status.comma')) + t('status.and') + items[items.length - 1]!,
    [t],
  );
  const config = useLab((s) => s.config);
  const nameOf = (stage: StageModel): string => {
    if (stage.owner === undefined) return stageName(stage);
    const owner = config.arms.find((a) => a.id === stage.owner)?.name ?? t('stage.teacher');
    return t('stage.ownStages', { name: owner });
  };
  const names = (stages: readonly StageModel[]) => list([...new Set(stages.map(nameOf))]);
  switch (status.kind) {
    case 'loading':
    case 'engineStarting':
      return t(`status.${status.kind}`);
    case 'engineFailed':
      return t('status.engineFailed', { message: messageText(status.message) });
    case 'problem': {
      const values = {
        path: problemPath(status.path),
        message: messageText(status.message),
        count: status.count,
      };
      return t(status.count > 1 ? 'status.problems' : 'status.problem', values);
    }
    case 'ready': {
      const todo = names(status.todo);
      if (status.todo.some((s) => s.status === 'stale')) return t('status.stale', { todo });
      const ready = names(status.ready);
      return ready ? t('status.ready', { todo, ready }) : t('status.readyScratch', { todo });
    }
    case 'running': {
      const left = status.secondsLeft;
      if (!status.active.length) return t('status.runningNext');
      const active = list(
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
      return `${t('status.running', { active })} ${left === undefined ? '' : t('status.left', { time: duration(left) })}`;
    }
    case 'replay': {
      const values = { seed: String(status.seed), backend: backendText(status.backend) };
      return t(status.ended ? 'replay.ended' : 'replay.label', values);
    }
    case 'paused':
      return t('status.paused');
    case 'failed':
      return t('status.failed', { names: names(status.failed) });
    case 'done': {
      const results = status.best.flatMap((s) => {
        const e = s.evaluations.at(-1)?.evaluation;
        return e
          ? [t('status.doneArm', { name: s.name, winRate: percent(e.winRate), kl: fixed(e.kl, 1) })]
          : [];
      });
      if (!results.length) return t('status.doneTable');
      return t('status.done', { results: results.join(t('status.comma')) });
    }
  }
}

/** `ppo.klCoef` as "PPO: KL coefficient". */
function useProblemPath(): (path: string) => string {
  const config = useLab((s) => s.config);
  const { t } = useTranslation();
  return (path) => {
    if (path === 'task' || path === 'size' || path === 'seed' || path === 'start') return t(`setup.${path}`);
    const [id = '', name = ''] = path.split('.');
    const arm = config.arms.find((a) => a.id === id);
    if (!name || !placeOf(config, id)) return path;
    const stage = stageOfNode(config, id);
    return `${arm?.name ?? stageText(stage)}: ${settingText(stage, name).label}`;
  };
}
