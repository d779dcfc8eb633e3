import { memo, useMemo, useRef } from 'react';
import { Line, LineChart, ReferenceLine, ResponsiveContainer } from 'recharts';
import { metricText } from '../i18n/dynamic';
import { brief } from '../i18n/format';
import { useCursor } from '../store/useCursor';
import type { MetricPoint, RowAxisName } from '../store/series';
import { BottomAxis, LeftAxis } from './ChartAxes';
import { logAxis, niceAxis, progressAxis } from './axes';
import classes from './charts.module.css';
import { CursorLayer } from './CursorLayer';
import { zoomed, type Scrub } from './scrub';
import { Readout, Scrubber } from './Scrubber';
import { useOnScreen } from './useOnScreen';
import { useQueued } from './useQueued';

interface MetricChartProps {
  name: string;
  points: readonly MetricPoint[];
  axis: RowAxisName;
  end: number;
  colour: string;
  /** Of the arm whose stage it is. */
  arm: { id: string; style: number };
  log: boolean;
}

const MARGIN = { top: 6, right: 6, bottom: 0, left: 0 };

/** One logged quantity with its explanation. */
export const MetricChart = memo(function MetricChart(props: MetricChartProps) {
  const { name, points, axis, end, colour, arm, log } = props;
  const last = points[points.length - 1];
  const plot = useRef<HTMLDivElement>(null);
  const onScreen = useOnScreen(plot);
  const curve = useMemo(
    () => (onScreen ? { points, axis, end, colour, log } : null),
    [onScreen, points, axis, end, colour, log],
  );
  const queued = useQueued(curve);
  const scrub = useMemo((): Scrub => {
    const line = points.map((p) => ({ time: p[axis], x: p[axis], y: p.value }));
    return { axis, lines: [{ ...arm, name, colour, points: line }], format: brief, isOverTime: true };
  }, [points, axis, arm, name, colour]);
  return (
    <figure className={classes.metric}>
      <figcaption>
        <p className={classes.metricName}>
          <span>{name}</span>
          <span style={{ color: colour }}>{last ? brief(last.value) : ''}</span>
        </p>
        <p className={classes.metricAbout}>
          <Readout scrub={scrub} question={metricText(name)} />
        </p>
      </figcaption>
      <div ref={plot} className={classes.metricPlot}>
        <div aria-hidden>{queued && <Curve {...queued} scrub={scrub} />}</div>
        <Scrubber scrub={scrub} title={name} shown={progressAxis(end)} />
      </div>
    </figure>
  );
});

interface CurveProps extends Omit<MetricChartProps, 'name' | 'arm'> {
  scrub: Scrub;
}

const Curve = memo(function Curve({ points, axis, end, colour, log, scrub }: CurveProps) {
  const zoom = useCursor((s) => s.zoom);
  const values = points.map((p) => p.value);
  const isLog = log && values.every((value) => value > 0);
  const y = isLog ? logAxis(values) : niceAxis(values, [], 2);
  const x = zoomed({ domain: [0, end], ticks: [0, end] }, axis, zoom);
  const crossesZero = y.domain[0] < 0 && y.domain[1] > 0;
  return (
    <ResponsiveContainer width="100%" height="100%" debounce={50} minWidth={0}>
      <LineChart data={points as MetricPoint[]} margin={MARGIN} accessibilityLayer={false}>
        <BottomAxis axis={x} of={axis} height={16} cut={zoom !== null} />
        <LeftAxis
          axis={y.ticks.length > 4 ? { ...y, ticks: y.domain } : y}
          width={40}
          scale={isLog ? 'log' : 'linear'}
        />
        {crossesZero && <ReferenceLine y={0} stroke="var(--hairline)" />}
        <Line
          dataKey="value"
          stroke={colour}
          strokeWidth="calc(var(--stroke) * 0.8)"
          dot={points.length < 3 ? { r: 2, fill: colour } : false}
          isAnimationActive={false}
          activeDot={false}
        />
        <CursorLayer scrub={scrub} end={x.domain[1]} />
      </LineChart>
    </ResponsiveContainer>
  );
});
