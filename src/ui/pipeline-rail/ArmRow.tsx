import { ActionIcon } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { memo, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { MarkerIcon } from '../charts/Marker';
import type { ArmStage } from '../../pipeline/stages';
import { messageText } from '../i18n/dynamic';
import { Opener } from '../panel/Opener';
import { part } from '../panel/part';
import { findingsOf } from '../store/findings';
import type { StageModel } from '../store/snapshot';
import { useOwnReference } from '../store/useReferences';
import { actions } from '../store/useLab';
import { armColour, armStyle, isHollow } from '../theme/palette';
import type { ArmMenuProps } from './ArmMenu';
import classes from './rail.module.css';
import { StatusIcon } from './StageStatus';
import { ProgressLine } from './TrunkCard';
import { figureText, useFigureWords, useStageWords } from './useStageWords';

interface ArmProps {
  stage: StageModel;
  style: number;
  selected: boolean;
  removable: boolean;
}

/** One arm: its marker and colour, progress, and what it has reached. */
export const ArmRow = memo(function ArmRow({ stage, style, selected, removable }: ArmProps) {
  const { t } = useTranslation();
  const { status, detail } = useStageWords(stage);
  const figureWords = useFigureWords(useOwnReference(stage.id));
  const colour = armColour(style);
  return (
    <div
      className={classes.arm}
      data-node={stage.id}
      data-stage={stage.stage}
      data-status={stage.status}
      data-selected={selected || undefined}
    >
      <button
        type="button"
        className={classes.armMain}
        aria-pressed={selected}
        onClick={() => actions.select(stage.id)}
      >
        <span className={classes.armName} style={{ color: colour }}>
          <MarkerIcon shape={armStyle(style).marker} colour={colour} size={13} hollow={isHollow(style)} />
          <span className={classes.armText} title={stage.name}>
            {stage.name}
          </span>
        </span>
        <span className={classes.status}>
          <StatusIcon status={stage.status} />
          <span>{[status, detail].filter(Boolean).join(' · ')}</span>
        </span>
        <span className={classes.armFigures}>
          {stage.figures.map((f) => {
            const { label, title } = figureWords(f);
            return (
              <span key={f.name} className={classes.figure} title={title}>
                <b>{figureText(f)}</b> <span>{label}</span>
              </span>
            );
          })}
          {isBehind(stage) && (
            <span className={classes.figure} data-measured>
              {t('stage.measuredAt', { update: String(stage.evaluations.at(-1)!.update) })}
            </span>
          )}
        </span>
        {stage.failure && <span className={classes.failure}>{messageText(stage.failure)}</span>}
        {stage.notices.map((notice, i) => (
          <span key={i} className={classes.notice}>
            {messageText(notice)}
          </span>
        ))}
        <ProgressLine stage={stage} colour={colour} />
      </button>
      {findingsOf(stage).length > 0 && (
        <Suspense>
          <findings.Part stage={stage} />
        </Suspense>
      )}
      <ArmOpener id={stage.id} name={stage.name} stage={stage.stage as ArmStage} removable={removable} />
    </div>
  );
});

/** It has learned on since it was last measured: its figures are those of an earlier update, as in the charts. */
const isBehind = ({ status, progress, evaluations }: StageModel): boolean =>
  (status === 'running' || status === 'paused') &&
  evaluations.length > 0 &&
  progress !== undefined &&
  evaluations.at(-1)!.update < progress.update;

export const findings = part(async () => (await import('./Findings')).Findings);
export const armMenu = part(async () => (await import('./ArmMenu')).ArmMenu);

const ArmOpener = memo(function ArmOpener(arm: ArmMenuProps) {
  const { t } = useTranslation();
  const button = (
    <ActionIcon aria-label={t('stage.armMenu', { name: arm.name })}>
      <IconDots size={16} />
    </ActionIcon>
  );
  return (
    <div className={classes.armMenu}>
      <Opener panel="pipeline" of={armMenu} with={arm} button={button} popup="menu" />
    </div>
  );
});
