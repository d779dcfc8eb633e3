import { useTranslation } from 'react-i18next';
import { againstOf } from '../../pipeline/lab/reference';
import { isLadder } from '../../pipeline/stages/traits';
import { withReference } from '../i18n/reference';
import { useLab } from '../store/useLab';
import { useReferences } from '../store/useReferences';
import { CHART_NAMES, useView, type ChartName } from '../store/useView';
import { ChartFrame } from './ChartFrame';
import classes from './charts.module.css';
import { MANY } from './parts';
import { useEmpty } from './useEmpty';

/** The frames of the charts as they stand before anything has been drawn in them: nothing moves when the charts come. */
export function ChartFrames() {
  const { t } = useTranslation();
  const empty = useEmpty(!useLab((s) => s.series.length > 0));
  const arms = useLab((s) => s.config.arms);
  const enlarged = useView((s) => s.enlarged);
  const { main } = againstOf(useReferences());
  const questions: Record<ChartName, string> = {
    reward: t('charts.reward.question'),
    kl: withReference('charts.kl.question', main),
    winRate: withReference('charts.winRate.question', main),
    frontier: t('charts.frontier.question'),
  };
  const frame = (name: ChartName) => (
    <ChartFrame
      key={name}
      name={name}
      title={t(`charts.${name}.title`)}
      question={questions[name]}
      unit=""
      xUnit=""
      summary=""
      empty={empty?.[name] ?? <></>}
    />
  );
  const only = arms.every(isLadder) ? 'frontier' : enlarged;
  if (only) return <div className={classes.one}>{frame(only)}</div>;
  return (
    <div className={classes.grid} data-many={arms.length > MANY || undefined}>
      {CHART_NAMES.map(frame)}
    </div>
  );
}
