import { useTranslation } from 'react-i18next';
import { CartesianGrid, ComposedChart, ReferenceLine } from 'recharts';
import { formatFigure } from '../../pipeline/contract/figures';
import { AgainstLegend } from '../charts/AgainstLegend';
import { armLines, seedBands } from '../charts/ArmLines';
import { BottomAxis, LeftAxis } from '../charts/ChartAxes';
import { SHARE } from '../charts/axes';
import { ChartFrame } from '../charts/ChartFrame';
import { Plot } from '../charts/Plot';
import { EndLabels } from '../charts/EndLabels';
import { roomFor } from '../charts/labels';
import { MARGIN, namesIn } from '../charts/parts';
import { percent } from '../i18n/format';
import { armColour } from '../theme/palette';
import { withReference } from '../i18n/reference';
import { signOf, type Against } from '../../pipeline/lab/reference';
import type { FigureBook } from '../figures/figure-book';
import classes from './results.module.css';
import { useTypeScale } from '../charts/useTypeScale';

interface TemperaturesProps {
  book: FigureBook;
  styles: Readonly<Record<string, number>>;
  against: Against;
}

const at = (temperature: number): string => formatFigure({ base: 'winRate', temperature });

/** Win rate by sampling temperature, against what the arm starts from at temperature 1. */
export function Temperatures({ book, styles, against }: TemperaturesProps) {
  const { t } = useTranslation();
  const typeScale = useTypeScale();
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
          ...(value === undefined ? [] : [[`${arm.id}.winRate`, 100 * value]]),
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
  const drawn = arms.map(({ id }) => ({ id, style: styles[id] ?? 0 }));
  const lastT = temperatures[temperatures.length - 1]!;
  const labels = arms.flatMap((arm) => {
    const value = book.value(arm, at(lastT));
    if (value === undefined) return [];
    const colour = armColour(styles[arm.id] ?? 0);
    return [
      {
        key: arm.id,
        text: `${names[arm.id]}${signOf(against, arm.id)} ${percent(value)}`,
        colour,
        x: lastT,
        y: 100 * value,
      },
    ];
  });
  const title = t('results.temperature.title');
  const question = withReference('results.temperature.question', against.main);
  return (
    <div className={classes.plot} data-group="temperature">
      <ChartFrame
        title={title}
        question={question}
        unit={t('charts.winRateUnit')}
        xUnit={t('results.temperature.unit')}
        legend={<AgainstLegend against={against} />}
        summary={t('charts.summary', { title, question, values: labels.map((l) => l.text).join(', ') })}
      >
        <Plot>
          <ComposedChart data={rows} margin={MARGIN} accessibilityLayer={false}>
            <CartesianGrid stroke="var(--grid)" vertical={false} />
            <BottomAxis
              axis={{ domain: [temperatures[0]!, lastT], ticks: temperatures }}
              before={6}
              after={roomFor(
                labels.map((l) => l.text),
                typeScale,
              )}
            />
            <LeftAxis axis={SHARE} />
            <ReferenceLine y={50} stroke="var(--sft)" strokeWidth={1} />
            {seedBands(drawn)}
            {armLines(drawn, { line: 'winRate' })}
            <EndLabels labels={labels} end={lastT} />
          </ComposedChart>
        </Plot>
      </ChartFrame>
    </div>
  );
}
