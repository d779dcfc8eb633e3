import { memo, useMemo, useRef } from 'react';
import { Line, LineChart, ReferenceLine, ResponsiveContainer } from 'recharts';
import { metricText } from '../i18n/dynamic';
import { brief } from '../i18n/format';
import type { MetricPoint, XAxisName } from '../store/series';
import { BottomAxis, LeftAxis } from './ChartAxes';
import { niceAxis } from './axes';
import classes from './charts.module.css';
import { useOnScreen } from './useOnScreen';
import { useQueued } from './useQueued';

interface MetricChartProps {
  name: string;
  points: readonly MetricPoint[];
  axis: XAxisName;
  end: number;
  colour: string;
}

const MARGIN = { top: 6, right: 6, bottom: 0, left: 0 };

/** One logged quantity with its explanation. */
export const MetricChart = memo(function MetricChart({ name, points, axis, end, colour }: MetricChartProps) {
  const last = points[points.length - 1];
  const plot = useRef<HTMLDivElement>(null);
  const onScreen = useOnScreen(plot);
  const curve = useMemo(
    () => (onScreen ? { points, axis, end, colour } : null),
    [onScreen, points, axis, end, colour],
  );
  const queued = useQueued(curve);
  return (
    <figure className={classes.metric}>
      <figcaption>
        <p className={classes.metricName}>
          <span>{name}</span>
          <span style={{ color: colour }}>{last ? brief(last.value) : ''}</span>
        </p>
        <p className={classes.metricAbout}>{metricText(name)}</p>
      </figcaption>
      <div ref={plot} className={classes.metricPlot} aria-hidden>
        {queued && <Curve {...queued} />}
      </div>
    </figure>
  );
});

const Curve = memo(function Curve({ points, axis, end, colour }: Omit<MetricChartProps, 'name'>) {
  const y = niceAxis(
    points.map((p) => p.value),
    [],
    2,
  );
  const crossesZero = y.domain[0] < 0 && y.domain[1] > 0;
  return (
    <ResponsiveContainer width="100%" height="100%" debounce={50} minWidth={0}>
      <LineChart data={points as MetricPoint[]} margin={MARGIN} accessibilityLayer={false}>
        <BottomAxis axis={{ domain: [0, end], ticks: [0, end] }} of={axis} height={16} />
        <LeftAxis axis={y.ticks.length > 4 ? { ...y, ticks: y.domain } : y} width={40} />
        {crossesZero && <ReferenceLine y={0} stroke="var(--hairline)" />}
        <Line
          dataKey="value"
          stroke={colour}
          strokeWidth="calc(var(--stroke) * 0.8)"
          dot={points.length < 3 ? { r: 2, fill: colour } : false}
          isAnimationActive={false}
          activeDot={false}
        />
      </LineChart>
    </ResponsiveContainer>
  );
});
