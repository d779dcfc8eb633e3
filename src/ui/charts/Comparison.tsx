import { useMemo, type ComponentType, type ReactNode } from 'react';
import { isLadder } from '../../pipeline/stages/traits';
import { bandsEnd, bandsOverTime, type ArmBand } from '../figures/bands';
import { useBands } from '../figures/useRecorded';
import { onAxes, overTime, timeEnd, type ArmSeries } from '../store/compare';
import { againstOf, type Against } from '../../pipeline/lab/reference';
import { onAxis } from '../store/equal';
import { useLab } from '../store/useLab';
import { useReferences } from '../store/useReferences';
import { CHART_NAMES, useView, type ChartName } from '../store/useView';
import classes from './charts.module.css';
import { FrontierChart } from './FrontierChart';
import { GapTable } from './GapTable';
import { KlChart } from './KlChart';
import { onlyArm, useCursor } from '../store/useCursor';
import { useGhosts } from '../store/useGhosts';
import { CursorBar } from './CursorBar';
import { endNames, MANY } from './parts';
import type { ComparisonProps, FrontierProps, TimeProps } from './props';
import { RewardChart } from './RewardChart';
import { useEmpty } from './useEmpty';
import { useQueued } from './useQueued';
import { WinRateChart } from './WinRateChart';

/** The four questions of the lecture, for all arms; or one of them, large, unless `all` of them are wanted. */
export function Comparison({ all = false }: { all?: boolean }) {
  const only = useCursor(onlyArm);
  const allSeries = useLab((s) => s.series);
  const allBands = useBands();
  const series = useMemo(() => shownOf(allSeries, only), [allSeries, only]);
  const bands = useMemo(() => shownOf(allBands, only), [allBands, only]);
  const styles = useLab((s) => s.styles);
  const known = useGhosts((s) => s.ghosts);
  const wanted = useCursor((s) => s.ghosts);
  const replay = useLab((s) => s.replay !== null);
  const references = useReferences();
  const arms = useLab((s) => s.config.arms);
  const { prompts } = useLab((s) => s.config.evaluation);
  const axis = useView((s) => s.xAxis);
  const klAxis = useView((s) => s.klAxis);
  const enlarged = useView((s) => (all ? null : s.enlarged));
  const shown = [...series, ...bands];
  const noneCompared = !shown.some(({ id }) => references[id]);
  const empty = useEmpty(noneCompared);
  const common = useMemo(() => {
    const drawn = new Set(series.map((s) => s.id));
    const lonely = bands.filter((b) => !drawn.has(b.id));
    const against = againstOf(references);
    const startGold = startGoldIn(series, bands, against);
    const ghosts = wanted && !replay ? shownOf(known, only) : [];
    return { series, bands, lonely, ghosts, names: endNames(arms), against, startGold, prompts };
  }, [series, bands, references, arms, prompts, known, wanted, replay, only]);
  const time = useMemo((): TimeProps => {
    const live = timeEnd(common.series);
    const end = onAxes((of) => Math.max(live[of], bandsEnd(common.bands, of)));
    const along = <S extends { points: readonly { kl: number }[] }>(all: S[]) =>
      all.map((s) => onAxis(s, axis));
    const ofBands = (bands: readonly ArmBand[]) => (axis === 'labels' ? [] : bands);
    return {
      ...common,
      series: along(overTime(common.series, end)),
      ghosts: along([...common.ghosts]),
      bands: along(bandsOverTime(ofBands(common.bands), end)),
      lonely: along(bandsOverTime(ofBands(common.lonely), end)),
      axis,
      end,
    };
  }, [common, axis]);
  const frontier = useMemo((): FrontierProps => ({ ...common, klAxis }), [common, klAxis]);
  // Where no arm takes any time there is only the one chart.
  const single = arms.every(isLadder) ? 'frontier' : enlarged;
  const charts: Record<ChartName, ReactNode> = {
    reward: <Queued chart={RewardChart} props={time} empty={shown.length === 0 && empty?.reward} />,
    kl: <Queued chart={KlChart} props={time} empty={empty?.kl} />,
    winRate: <Queued chart={WinRateChart} props={time} empty={empty?.winRate} />,
    frontier: <Queued chart={FrontierChart} props={frontier} empty={empty?.frontier} />,
  };
  const bar = shown.length > 0 && (
    <CursorBar arms={arms.map(({ id, name }) => ({ id, name, style: styles[id] ?? 0 }))} />
  );
  if (single)
    return (
      <>
        {bar}
        <div className={classes.one} data-charts>
          {charts[single]}
          {single === 'frontier' && <GapTable series={series} bands={bands} references={references} />}
        </div>
      </>
    );
  return (
    <>
      {bar}
      <div className={classes.grid} data-charts data-many={arms.length > MANY || undefined}>
        {CHART_NAMES.map((name) => (
          <Slot key={name}>{charts[name]}</Slot>
        ))}
      </div>
    </>
  );
}

/** Of these arms the only one that is wanted, below the limit. */
const shownOf = <A extends { id: string; isLimit: boolean }>(arms: readonly A[], only: string | null) =>
  only === null ? arms : arms.filter((arm) => arm.id === only || arm.isLimit);

const Slot = ({ children }: { children: ReactNode }) => <>{children}</>;

/** Of what most arms start from, on the prompts of the points, so that their lines start on it. */
function startGoldIn(
  series: readonly ArmSeries[],
  bands: readonly ArmBand[],
  { main, references }: Against,
): number | undefined {
  const paths = [
    ...series.map(({ id, stage, isLimit, points }) => ({ id, stage, isLimit, points })),
    ...bands.map(({ id, stage, isLimit, path }) => ({ id, stage, isLimit, points: path })),
  ].filter(({ id, isLimit }) => !isLimit && references[id]?.id === main?.id);
  const first = main && (paths.find((p) => !isLadder(p)) ?? paths[0]);
  return first?.points[0]?.evaluation.gold;
}

interface QueuedProps<P> {
  chart: ComponentType<P>;
  props: P;
  empty: ReactNode;
}

/** A chart that is drawn when it is its turn. */
function Queued<P extends ComparisonProps>({ chart: Chart, props, empty }: QueuedProps<P>) {
  const queued = useQueued(props);
  const ready = queued && (queued.series.length > 0 || queued.bands.length > 0);
  return <Chart {...(queued ?? props)} empty={empty ?? (ready ? undefined : <></>)} />;
}
