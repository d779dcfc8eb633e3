import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import '../i18n/look';
import { useStageName } from '../store/useStageName';
import { useOwnData } from '../store/own-data';
import { useLab, useStage } from '../store/useLab';
import { DemonstrationTable } from './DemonstrationTable';
import classes from './look.module.css';
import { learnedFrom } from './learned';
import { PairsView } from './PairsView';

/** What the selected stage learned from, example by example. */
export function DataView() {
  const { t } = useTranslation('look');
  const stage = useStage(useLab((s) => s.selected));
  const stages = useLab((s) => s.stages);
  const task = useLab((s) => s.config.task);
  const seed = useLab((s) => s.config.seed);
  const gold = useLab((s) => s.config.gold);
  const items = useOwnData((s) => s.items);
  const stageName = useStageName();
  // of what a run goes on to log nothing changes here
  const signature = stages.map((s) => `${s.id} ${s.status === 'done'} ${s.made?.seed}`).join();
  const learned = useMemo(
    () =>
      stage &&
      learnedFrom(stage, stages, {
        task,
        seed,
        isRuled: gold !== undefined,
        own: Object.fromEntries(items.map((i) => [i.hash, i.data])),
      }),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- see above
    [stage?.id, stage?.artifact, stage?.settings, signature, task, seed, items, gold],
  );
  if (!stage || !learned) return null;
  const name = stageName(stage);
  if (learned.kind === 'nothing' || learned.kind === 'missing')
    return <div className={classes.empty}>{t(`data.${learned.kind}`, { name })}</div>;
  if (learned.kind === 'pairs')
    return <PairsView key={stage.id} name={name} rows={learned.rows} reward={learned.reward} arm={stage} />;
  return <DemonstrationTable key={stage.id} name={name} learned={learned} />;
}
