import { useMemo, type ComponentType, type ReactNode } from 'react';
import { isLadder } from '../../pipeline/stages/traits';
import { bandsEnd, bandsOverTime, type ArmBand } from '../figures/bands';
import { useBands } from '../figures/useRecorded';
import { overTime, timeEnd, type ArmSeries } from '../store/compare';
import type { Progress, XAxisName } from '../store/series';
import { useLab } from '../store/useLab';
import { CHART_NAMES, useView, type ChartName, type ViewState } from '../store/useView';
import classes from './charts.module.css';
import { FrontierChart } from './FrontierChart';
import { GapTable } from './GapTable';
import { KlChart } from './KlChart';
import { namesIn } from './parts';
import { RewardChart } from './RewardChart';
import { useEmpty } from './useEmpty';
import { useQueued } from './useQueued';
import { WinRateChart } from './WinRateChart';

interface ChartProps {
  series: readonly ArmSeries[];
  /** Recorded seeds, to be drawn behind the lines. */
  bands: readonly ArmBand[];
  /** Those of arms without a line. */
  lonely: readonly ArmBand[];
  /** Names of arms as they stand in charts. */
  names: Readonly<Record<string, string>>;
  /** Gold reward of SFT, the starting point of all arms. */
  sftGold: number | undefined;
  /** Prompts behind a point. */
  prompts: number;
  empty?: ReactNode;
}

export interface TimeChartProps extends ChartProps {
  axis: XAxisName;
  /** Where the horizontal axis ends. */
  end: Progress;
}

export interface FrontierChartProps extends ChartProps {
  klAxis: ViewState['klAxis'];
}

const MANY = 4;

/** The four questions of the lecture, for all arms; or one of them, large. */
export function Comparison() {
  const series = useLab((s) => s.series);
  const bands = useBands();
  const arms = useLab((s) => s.config.arms);
  const { prompts } = useLab((s) => s.config.evaluation);
  const axis = useView((s) => s.xAxis);
  const klAxis = useView((s) => s.klAxis);
  const enlarged = useView((s) => s.enlarged);
  const empty = useEmpty(series.length === 0 && bands.length === 0);
  const common = useMemo(() => {
    const drawn = new Set(series.map((s) => s.id));
    const lonely = bands.filter((b) => !drawn.has(b.id));
    return { series, bands, lonely, names: namesIn(arms), sftGold: sftGoldIn(series, bands), prompts };
  }, [series, bands, arms, prompts]);
  const time = useMemo((): TimeChartProps => {
    const live = timeEnd(common.series);
    const ends = (of: XAxisName) => Math.max(live[of], bandsEnd(common.bands, of));
    const end = { update: ends('update'), samples: ends('samples'), seconds: ends('seconds') };
    return {
      ...common,
      series: overTime(common.series, end),
      bands: bandsOverTime(common.bands, end),
      lonely: bandsOverTime(common.lonely, end),
      axis,
      end,
    };
  }, [common, axis]);
  const frontier = useMemo((): FrontierChartProps => ({ ...common, klAxis }), [common, klAxis]);
  // Where no arm takes any time there is only the one chart.
  const only = arms.every(isLadder) ? 'frontier' : enlarged;
  const charts: Record<ChartName, ReactNode> = {
    reward: <Queued chart={RewardChart} props={time} empty={empty?.reward} />,
    kl: <Queued chart={KlChart} props={time} empty={empty?.kl} />,
    winRate: <Queued chart={WinRateChart} props={time} empty={empty?.winRate} />,
    frontier: <Queued chart={FrontierChart} props={frontier} empty={empty?.frontier} />,
  };
  if (only)
    return (
      <div className={classes.one}>
        {charts[only]}
        {only === 'frontier' && <GapTable series={series} bands={bands} />}
      </div>
    );
  return (
    <div className={classes.grid} data-many={arms.length > MANY || undefined}>
      {CHART_NAMES.map((name) => (
        <Slot key={name}>{charts[name]}</Slot>
      ))}
    </div>
  );
}

const Slot = ({ children }: { children: ReactNode }) => <>{children}</>;

/** On the prompts of the points, so that every line starts on it. */
function sftGoldIn(series: readonly ArmSeries[], bands: readonly ArmBand[]): number | undefined {
  const paths = [
    ...series.map(({ stage, isLimit, points }) => ({ stage, isLimit, points })),
    ...bands.map(({ stage, isLimit, path }) => ({ stage, isLimit, points: path })),
  ].filter((p) => !p.isLimit);
  const first = paths.find((p) => !isLadder(p)) ?? paths[0];
  return first?.points[0]?.evaluation.gold;
}

interface QueuedProps<P> {
  chart: ComponentType<P>;
  props: P;
  empty: ReactNode;
}

/** A chart that is drawn when it is its turn. */
function Queued<P extends ChartProps>({ chart: Chart, props, empty }: QueuedProps<P>) {
  const queued = useQueued(props);
  const ready = queued && (queued.series.length > 0 || queued.bands.length > 0);
  return <Chart {...(queued ?? props)} empty={empty ?? (ready ? undefined : <></>)} />;
}
