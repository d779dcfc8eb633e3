import { messageText } from '../i18n/dynamic';
import { useStageName } from '../store/useStageName';
import type { StageModel } from '../store/snapshot';
import { actions } from '../store/useLab';
import classes from './rail.module.css';
import { StatusIcon } from './StageStatus';
import { ProgressLine } from './TrunkCard';
import { figureText, useStageWords } from './useStageWords';

interface OwnTrunkProps {
  /** The arm, or the teacher. */
  of: string;
  stages: readonly StageModel[];
  selected: string;
}

/** Stages that one arm, or the teacher, does not share with the others. */
export function OwnTrunk({ of, stages, selected }: OwnTrunkProps) {
  if (stages.length === 0) return null;
  return (
    <div className={classes.own}>
      <span className={classes.ownName}>{of}</span>
      {stages.map((stage) => (
        <OwnStage key={stage.id} stage={stage} selected={stage.id === selected} />
      ))}
    </div>
  );
}

function OwnStage({ stage, selected }: { stage: StageModel; selected: boolean }) {
  const name = useStageName()(stage);
  const { status, detail } = useStageWords(stage);
  return (
    <button
      type="button"
      className={classes.ownStage}
      data-own={stage.id}
      data-status={stage.status}
      data-selected={selected || undefined}
      aria-pressed={selected}
      onClick={() => actions.select(stage.id)}
    >
      <b>{name}</b>
      <span className={classes.status}>
        <StatusIcon status={stage.status} />
        <span>{detail || (stage.figures[0] ? figureText(stage.figures[0]) : status)}</span>
      </span>
      {stage.failure && <span className={classes.failure}>{messageText(stage.failure)}</span>}
      <ProgressLine stage={stage} colour="var(--text)" />
    </button>
  );
}
