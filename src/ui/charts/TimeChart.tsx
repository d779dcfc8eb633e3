import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { CartesianGrid, ComposedChart, ReferenceLine } from 'recharts';
import { withBands, type BandQuantity } from '../figures/bands';
import { fixed } from '../i18n/format';
import { shortReference } from '../i18n/reference';
import { chartRows, type ArmSeries, type Picker } from '../store/compare';
import type { EvaluationPoint } from '../store/series';
import type { ChartName } from '../store/useView';
import { signOf } from '../../pipeline/lab/reference';
import { AgainstLegend } from './AgainstLegend';
import { onlyWithin, useCursor } from '../store/useCursor';
import { armAreas, armLines, ghostLines, seedBands } from './ArmLines';
import { BottomAxis, LeftAxis, RightAxis } from './ChartAxes';
import { progressAxis, type Axis } from './axes';
import { ChartFrame } from './ChartFrame';
import { CursorLayer } from './CursorLayer';
import { Plot } from './Plot';
import { areInColumn, EndLabels, labelText } from './EndLabels';
import { roomFor } from './labels';
import { bandLabels, endLabels, MARGIN, startLabel, timeLines } from './parts';
import type { TimeProps } from './props';
import { ghostId, zoomed, type Scrub } from './scrub';
import { Readout, Scrubber } from './Scrubber';
import { useTypeScale } from './useTypeScale';

/** A second quantity, dashed, on an axis of its own. */
interface SecondLine {
  name: string;
  value: (point: EvaluationPoint) => number | undefined;
  axis: Axis;
  unit: string;
  format: (value: number) => string;
  /** The arms that show it. */
  of: readonly ArmSeries[];
}

interface TimeChartProps extends TimeProps {
  /** The words of the chart in the catalogue, and the chart to enlarge. */
  name: Exclude<ChartName, 'frontier'>;
  question: string;
  unit: string;
  /** What is drawn: one line per arm with its value at the end, over the recorded seeds. */
  quantity: BandQuantity;
  /** From the quantity to what the axis counts. */
  scale?: number;
  /** The quantity is measured against what the arm starts from: arms that start elsewhere get a sign. */
  isRelative?: boolean;
  y: Axis;
  /** Of the vertical axis. */
  yScale?: 'linear' | 'symlog';
  /** Switches of this chart. */
  controls?: ReactNode;
  /** Lines that leave the axis are cut off. */
  cut?: boolean;
  /** Value at the end of a line. */
  format?: (value: number) => string;
  /** Where the model is that the arms start from. */
  start: number | undefined;
  /** Whether its name stands there. */
  isStartNamed?: boolean;
  second?: SecondLine | undefined;
  /** From and to at every point: an area behind the line. */
  area?: ((point: EvaluationPoint) => [number, number]) | undefined;
  legend?: ReactNode;
  /** What is drawn over the lines. */
  children?: ReactNode;
}

/** One quantity of all arms over updates, samples or seconds. */
export function TimeChart(props: TimeChartProps) {
  const {
    series,
    bands,
    lonely,
    axis,
    end,
    against,
    name,
    question,
    quantity,
    scale = 1,
    isRelative = false,
    start,
    second,
  } = props;
  const { t } = useTranslation();
  const typeScale = useTypeScale();
  const value = (point: EvaluationPoint) => scale * point.evaluation[quantity];
  const lines: Record<string, Picker> = {
    [quantity]: value,
    ...(second ? { [second.name]: second.value } : {}),
    ...(props.area ? { area: props.area } : {}),
  };
  const zoom = useCursor((s) => s.zoom);
  const ghosts = props.ghosts.map((g) => ({ ...g, id: ghostId(g.id) }));
  const rows = withBands(chartRows([...series, ...ghosts], axis, lines), bands, axis, quantity, scale);
  const x = zoomed(progressAxis(end[axis]), axis, zoom);
  const isZoomed = x.domain[1] !== end[axis] || x.domain[0] !== 0;
  const names = isRelative
    ? Object.fromEntries(Object.entries(props.names).map(([id, of]) => [id, of + signOf(against, id)]))
    : props.names;
  const options = { axis, names, format: props.format ?? signed };
  const within = onlyWithin(series, (p: EvaluationPoint) => p[axis], x.domain[1]);
  const labels = [...endLabels(within, value, options), ...bandLabels(lonely, quantity, options, scale)];
  const format = props.format ?? signed;
  const scrub: Scrub = {
    axis,
    lines: [
      ...timeLines(series, axis, value),
      ...(second ? timeLines(second.of, axis, second.value, { second: true }) : []),
    ],
    format,
    formatSecond: second?.format,
    isOverTime: true,
  };
  const values = labels.map((label) => label.text).join(', ');
  const xUnit = t(`charts.axisUnits.${axis}`);
  const title = t(`charts.${name}.title`);
  const { main } = against;
  return (
    <ChartFrame
      name={name}
      title={title}
      question={<Readout scrub={scrub} question={question} />}
      scrubber={<Scrubber scrub={scrub} title={title} shown={x} />}
      controls={props.controls}
      unit={props.unit}
      rightUnit={second?.unit}
      xUnit={xUnit}
      summary={t('charts.summary', { title, question, values })}
      empty={props.empty}
      legend={
        isRelative && against.others.length ? (
          <>
            <AgainstLegend against={against} />
            {props.legend}
          </>
        ) : (
          props.legend
        )
      }
    >
      <Plot>
        <ComposedChart data={rows} margin={MARGIN} accessibilityLayer={false}>
          <CartesianGrid stroke="var(--grid)" vertical={false} />
          <BottomAxis
            axis={x}
            cut={isZoomed}
            after={roomFor([`${xUnit}000`, ...labels.map(labelText)], typeScale)}
          />
          <LeftAxis axis={props.y} cut={props.cut ?? false} scale={props.yScale ?? 'linear'} />
          {second && <RightAxis axis={second.axis} />}
          {props.area && armAreas(series)}
          {start !== undefined && (
            <ReferenceLine
              stroke="var(--sft)"
              strokeWidth={1}
              {...(areInColumn(labels)
                ? { segment: x.domain.map((at) => ({ x: at, y: start })) as [Spot, Spot] } // not through the names
                : { y: start })}
            />
          )}
          {seedBands(bands)}
          {second && armLines(second.of, { line: second.name, dashed: true, axis: 'right' })}
          {ghostLines(props.ghosts, quantity)}
          {armLines(series, { line: quantity })}
          {props.children}
          <CursorLayer scrub={scrub} end={x.domain[1]} />
          <EndLabels
            labels={[
              ...labels,
              ...(props.isStartNamed && main ? startLabel(shortReference(main), x.domain[1], start) : []),
            ]}
            end={x.domain[1]}
          />
        </ComposedChart>
      </Plot>
    </ChartFrame>
  );
}

interface Spot {
  x: number;
  y: number;
}

const signed = (value: number): string => fixed(value, 2, true);
