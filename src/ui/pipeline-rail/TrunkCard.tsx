import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { DEFAULT_EVALUATION } from '../../pipeline/contract/evaluation';
import { headlineText, messageText } from '../i18n/dynamic';
import { useStageName } from '../store/useStageName';
import type { StageModel } from '../store/snapshot';
import { actions } from '../store/useLab';
import classes from './rail.module.css';
import { StatusIcon } from './StageStatus';
import { figureText, useStageWords } from './useStageWords';

interface StageProps {
  stage: StageModel;
  selected: boolean;
}

/** A stage that all arms share. */
export const TrunkCard = memo(function TrunkCard({ stage, selected }: StageProps) {
  const name = useStageName()(stage);
  const { t } = useTranslation();
  const { status, detail } = useStageWords(stage);
  const prompts = promptsOf(stage);
  return (
    <button
      type="button"
      className={classes.card}
      data-node={stage.id}
      data-status={stage.status}
      data-selected={selected || undefined}
      aria-pressed={selected}
      onClick={() => actions.select(stage.id)}
    >
      <span className={classes.name}>{name}</span>
      <span className={classes.figures}>
        {stage.figures.map((f) => (
          <span key={f.name} className={classes.figure}>
            <b>{figureText(f)}</b>{' '}
            <span>
              {headlineText(f.name)}
              {f.name === 'gold' && prompts !== undefined && ` · ${t('stage.onPrompts', { count: prompts })}`}
            </span>
          </span>
        ))}
      </span>
      <span className={classes.status}>
        <StatusIcon status={stage.status} />
        <span>{detail && stage.status !== 'done' ? detail : status}</span>
      </span>
      {stage.failure && <span className={classes.failure}>{messageText(stage.failure)}</span>}
      {stage.notices.map((notice, i) => (
        <span key={i} className={classes.notice}>
          {messageText(notice)}
        </span>
      ))}
      <ProgressLine stage={stage} colour="var(--text)" />
    </button>
  );
});

/** Held-out prompts behind the figures of a finished stage: arms are measured on others, or on fewer at first. */
const promptsOf = ({ summary, source }: StageModel): number | undefined =>
  summary && (summary['prompts'] ?? (source === 'shipped' ? DEFAULT_EVALUATION.finalPrompts : undefined));

/** A thin bar at the bottom of a stage. */
export function ProgressLine({ stage, colour }: { stage: StageModel; colour: string }) {
  const { progress, status } = stage;
  const share =
    status === 'done' ? 1 : progress && progress.updates > 0 ? progress.update / progress.updates : 0;
  if (status === 'missing' || status === 'stale' || (status === 'done' && !stage.isArm)) return null;
  return (
    <span className={classes.progress} aria-hidden>
      <span style={{ transform: `scaleX(${share})`, background: colour }} />
    </span>
  );
}
