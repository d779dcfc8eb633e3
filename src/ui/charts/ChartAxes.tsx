import { XAxis, YAxis } from 'recharts';
import { brief, fixed } from '../i18n/format';
import type { Axis } from './axes';

const TICK = { fontSize: '0.6875rem', fill: 'var(--text-muted)' };
const PLAIN = { type: 'number', tick: TICK, tickLine: false } as const;

interface AxisProps {
  axis: Axis;
  /** What the axis reads from the rows of the chart. */
  of?: string;
  format?: (value: number) => string;
}

interface BottomAxisProps extends AxisProps {
  /** Pixels before the first and after the last value. */
  before?: number;
  after?: number;
  height?: number;
  /** A part of the data: what is outside is cut off. */
  cut?: boolean;
}

/** The horizontal axis of every chart, with a line. */
export const BottomAxis = ({
  axis,
  of = 'x',
  format = brief,
  before = 0,
  after = 0,
  height = 18,
  cut = false,
}: BottomAxisProps) => (
  <XAxis
    {...PLAIN}
    dataKey={of}
    domain={axis.domain}
    ticks={axis.ticks}
    padding={{ left: before, right: after }}
    axisLine={{ stroke: 'var(--hairline)' }}
    height={height}
    tickFormatter={format}
    allowDataOverflow={cut}
  />
);

interface LeftAxisProps extends AxisProps {
  width?: number;
  /** Values beyond the ends are cut off; otherwise they make the axis longer. */
  cut?: boolean;
  scale?: 'linear' | 'log' | 'symlog';
}

/** The vertical axis of every chart: figures only. */
export const LeftAxis = ({
  axis,
  of,
  format = brief,
  width = 30,
  cut = false,
  scale = 'linear',
}: LeftAxisProps) => (
  <YAxis
    {...PLAIN}
    {...(of === undefined ? {} : { dataKey: of })}
    domain={axis.domain}
    ticks={axis.ticks}
    axisLine={false}
    width={width}
    tickFormatter={format}
    allowDataOverflow={cut || scale !== 'linear'}
    scale={scale}
  />
);

/** A second vertical axis, its figures with their sign; lines name it as `right`. */
export const RightAxis = ({ axis }: { axis: Axis }) => (
  <YAxis
    {...PLAIN}
    yAxisId="right"
    orientation="right"
    domain={axis.domain}
    ticks={axis.ticks}
    axisLine={false}
    width={26}
    tickFormatter={(value: number) => fixed(value, Number.isInteger(value) ? 0 : 1, true)}
  />
);
