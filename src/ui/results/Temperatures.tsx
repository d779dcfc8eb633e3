import { useTranslation } from 'react-i18next';
import { CartesianGrid, ComposedChart, Line, ReferenceLine, XAxis, YAxis } from 'recharts';
import { formatFigure } from '../../pipeline/contract/figures';
import { seedBands } from '../charts/ArmLines';
import { ChartFrame } from '../charts/ChartFrame';
import { EndLabels } from '../charts/EndLabels';
import { roomFor } from '../charts/labels';
import { Marker } from '../charts/Marker';
import { MARGIN, namesIn, TICK } from '../charts/parts';
import { brief, percent } from '../i18n/format';
import { armColour, armStyle } from '../theme/palette';
import type { FigureBook } from '../figures/figure-book';
import classes from './results.module.css';

interface TemperaturesProps {
  book: FigureBook;
  styles: Readonly<Record<string, number>>;
}

const at = (temperature: number): string => formatFigure({ base: 'winRate', temperature });

/** Win rate by sampling temperature, against SFT at temperature 1. */
export function Temperatures({ book, styles }: TemperaturesProps) {
  const { t } = useTranslation();
  const temperatures = book
    .variationsOf('winRate')
    .flatMap(({ temperature }) => temperature ?? [])
    .sort((a, b) => a - b);
  if (temperatures.length < 2) return null;
  const names = namesIn(book.arms);
  const arms = book.arms.filter((arm) => temperatures.some((T) => book.value(arm, at(T)) !== undefined));
  const rows = temperatures.map((T) => ({
    x: T,
    ...Object.fromEntries(
      arms.flatMap((arm) => {
        const spread = book.recorded(arm, at(T));
        const value = book.value(arm, at(T));
        const ends = spread && Number.isFinite(spread.halfWidth) ? spread.halfWidth : 0;
        return [
          ...(value === undefined ? [] : [[arm.id, 100 * value]]),
          ...(spread
            ? [
                [`${arm.id}.seeds`, [100 * (spread.mean - ends), 100 * (spread.mean + ends)]],
                [`${arm.id}.middle`, 100 * spread.mean],
              ]
            : []),
        ] as [string, unknown][];
      }),
    ),
  }));
  const lastT = temperatures[temperatures.length - 1]!;
  const labels = arms.flatMap((arm) => {
    const value = book.value(arm, at(lastT));
    if (value === undefined) return [];
    const colour = armColour(styles[arm.id] ?? 0);
    return [{ key: arm.id, text: `${names[arm.id]} ${percent(value)}`, colour, x: lastT, y: 100 * value }];
  });
  const title = t('results.temperature.title');
  const question = t('results.temperature.question');
  return (
    <div className={classes.plot} data-group="temperature">
      <ChartFrame
        title={title}
        question={question}
        unit={t('charts.winRateUnit')}
        xUnit={t('results.temperature.unit')}
        summary={t('charts.summary', { title, question, values: labels.map((l) => l.text).join(', ') })}
      >
        <ComposedChart data={rows} margin={MARGIN} accessibilityLayer={false}>
          <CartesianGrid stroke="var(--grid)" vertical={false} />
          <XAxis
            dataKey="x"
            type="number"
            domain={[temperatures[0]!, lastT]}
            ticks={temperatures}
            padding={{ left: 6, right: roomFor(labels.map((l) => l.text)) }}
            tick={TICK}
            tickLine={false}
            axisLine={{ stroke: 'var(--hairline)' }}
            height={18}
            tickFormatter={brief}
          />
          <YAxis
            domain={[0, 100]}
            ticks={[0, 25, 50, 75, 100]}
            tick={TICK}
            tickLine={false}
            axisLine={false}
            width={30}
          />
          <ReferenceLine y={50} stroke="var(--sft)" strokeWidth={1.25} />
          {seedBands(arms.map(({ id }) => ({ id, style: styles[id] ?? 0 })))}
          {arms.map((arm) => (
            <Line
              key={arm.id}
              dataKey={(row: Record<string, unknown>) => row[arm.id] as number | undefined}
              stroke={armColour(styles[arm.id] ?? 0)}
              strokeWidth="var(--stroke)"
              isAnimationActive={false}
              activeDot={false}
              dot={({ cx, cy, index }) => (
                <g key={index}>
                  <Marker
                    shape={armStyle(styles[arm.id] ?? 0).marker}
                    x={cx ?? 0}
                    y={cy ?? 0}
                    size={3}
                    colour={armColour(styles[arm.id] ?? 0)}
                  />
                </g>
              )}
            />
          ))}
          <EndLabels labels={labels} end={lastT} />
        </ComposedChart>
      </ChartFrame>
    </div>
  );
}
