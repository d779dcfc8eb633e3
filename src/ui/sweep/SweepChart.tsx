import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { CartesianGrid, Scatter, ScatterChart } from 'recharts';
import type { Sweep } from '../../pipeline/lab/sweep';
import { figureInfo } from '../../pipeline/stages/traits';
import type { CurvePoint } from '../../pipeline/records/sweep-curve';
import { BottomAxis, LeftAxis } from '../charts/ChartAxes';
import { niceAxis } from '../charts/axes';
import { ChartFrame } from '../charts/ChartFrame';
import { MARGIN } from '../charts/parts';
import { Plot } from '../charts/Plot';
import { figureValue, spreadValue } from '../figures/figures';
import { figureName } from '../i18n/dynamic';
import { placesOf } from './places';
import { SweepPoints } from './SweepPoints';
import { axisText, valueText } from './words';

interface SweepChartProps {
  sweep: Sweep;
  figure: string;
  points: readonly CurvePoint[];
  picker: ReactNode;
  onPick: (point: CurvePoint) => void;
}

/** A figure over the swept setting, with intervals over the seeds; of seeds alone, by method. */
export function SweepChart({ sweep, figure, points, picker, onPick }: SweepChartProps) {
  const { t } = useTranslation();
  const { axis, config } = sweep;
  const names = new Map(config.arms.map(({ id, name }) => [id, name]));
  const places = placesOf(sweep);
  const placed = points.map((p) => {
    const at = places.at.get(p.arm)!;
    return { ...p, x: at.x, style: at.index };
  });
  const nameAt = (x: number): string => {
    const place = [...places.at.values()].find((p) => Math.abs(p.x - x) < 1e-9);
    if (!place) return '';
    return axis ? valueText(axis.stage, axis.setting, place.value) : names.get(String(place.value))!;
  };
  const reach = placed.flatMap(({ spread: { mean, halfWidth }, each }) => [
    mean,
    ...(Number.isFinite(halfWidth) ? [mean - halfWidth, mean + halfWidth] : []),
    ...each.map(({ y }) => y),
  ]);
  const { range, kind } = figureInfo(figure);
  const isSize = kind === 'nats' || kind === 'count'; // never below 0, whatever an interval of few seeds says
  const y = niceAxis(range ?? (isSize ? reach.map((value) => Math.max(0, value)) : reach), [], 4);
  const seeds = Math.max(1, ...points.map(({ spread }) => spread.count));
  const setting = axisText(axis);
  const name = figureName(figure).replace(/[,，].*/, ''); // its unit stands at the axis
  const title = axis ? t('sweep.over', { figure: name, setting }) : t('sweep.byArm', { figure: name });
  const question = t('sweep.intervals', { count: seeds });
  const values = points
    .map(({ arm, spread }) => `${names.get(arm)}: ${spreadValue(figure, spread)}`)
    .join('; ');
  return (
    <ChartFrame
      title={title}
      question={question}
      unit={figureName(figure)}
      xUnit={axis ? setting : ''}
      controls={picker}
      summary={t('charts.summary', { title, question, values })}
      empty={points.length > 0 ? undefined : t('sweep.empty')}
    >
      <Plot>
        <ScatterChart margin={MARGIN} accessibilityLayer={false}>
          <CartesianGrid stroke="var(--grid)" />
          <BottomAxis
            axis={{ domain: places.ends, ticks: [...places.at.values()].map((p) => p.x) }}
            before={28}
            after={axis ? 72 : 40}
            format={nameAt}
          />
          <LeftAxis axis={y} of="y" width={52} format={(value) => figureValue(figure, value)} cut />
          <Scatter
            data={placed.map((p) => ({ x: p.x, y: p.spread.mean }))}
            shape={() => <g />}
            isAnimationActive={false}
          />
          <SweepPoints points={placed} joined={places.ordered} within={y.domain} onPick={onPick} />
        </ScatterChart>
      </Plot>
    </ChartFrame>
  );
}
