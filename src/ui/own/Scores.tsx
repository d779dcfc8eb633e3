import type { ColumnDef } from '@tanstack/react-table';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Bar, CartesianGrid, ComposedChart, Line, XAxis, YAxis } from 'recharts';
import { Plot } from '../charts/Plot';
import { fixed, percent } from '../i18n/format';
import { VirtualTable } from '../look/VirtualTable';
import classes from './own.module.css';
import { histogram, verdictOf, type Tried, type Verdict } from './preview';

interface ScoresProps {
  tried: readonly Tried[];
  scores: readonly number[];
}

type Row = Tried & { score: number };

/** What a rule gives real answers, beside the world's gold. */
export function Scores({ tried, scores }: ScoresProps) {
  const { t } = useTranslation();
  const rows = useMemo(
    (): Row[] => tried.map((one, i) => ({ ...one, score: scores[i]! })).sort((a, b) => b.score - a.score),
    [tried, scores],
  );
  const gold = useMemo(() => tried.map((one) => one.gold), [tried]);
  const columns = useMemo(
    (): ColumnDef<Row>[] => [
      {
        id: 'text',
        accessorFn: (row) => `${row.prompt} ${row.answer}`,
        header: t('own.reward.answer'),
        cell: ({ row: { original: r } }) => (
          <span className={classes.words}>
            <span className={classes.muted}>{r.prompt} </span>
            {r.answer}
          </span>
        ),
      },
      {
        accessorKey: 'score',
        header: t('own.reward.score'),
        cell: ({ row }) => fixed(row.original.score, 2, true),
      },
      {
        accessorKey: 'gold',
        header: t('own.reward.gold'),
        cell: ({ row }) => fixed(row.original.gold, 2, true),
      },
    ],
    [t],
  );
  return (
    <section className={classes.scores} data-preview={rows.length}>
      <h3>{t('own.reward.preview', { n: String(rows.length) })}</h3>
      <VerdictText verdict={verdictOf(scores, gold)} />
      <Histogram scores={scores} gold={gold} />
      <VirtualTable
        label={t('own.reward.preview', { n: String(rows.length) })}
        rows={rows}
        columns={columns}
        widths="minmax(0, 1fr) 4.5rem 4.5rem"
        search=""
      />
    </section>
  );
}

/** Correlations above and below which a rule wants about what gold wants, or the opposite. */
const CLOSE = 0.5;

function VerdictText({ verdict: { correlation, isFlat, outside } }: { verdict: Verdict }) {
  const { t } = useTranslation();
  const kind =
    correlation === undefined
      ? 'apart'
      : correlation > CLOSE
        ? 'agrees'
        : correlation < -0.2
          ? 'against'
          : 'apart';
  return (
    <p className={classes.verdict} data-correlation={correlation}>
      {isFlat
        ? t('own.reward.flat')
        : correlation !== undefined && (
            <>
              <b>{t('own.reward.correlation', { value: fixed(correlation, 2, true) })}</b>{' '}
              {t(`own.reward.${kind}`)}
            </>
          )}{' '}
      {outside > 0 && t('own.reward.outside', { share: percent(outside) })}
    </p>
  );
}

function Histogram({ scores, gold }: { scores: readonly number[]; gold: readonly number[] }) {
  const { t } = useTranslation();
  const bins = useMemo(() => histogram(scores, gold), [scores, gold]);
  const tick = { fill: 'var(--text-muted)', fontSize: 11 };
  const said = bins.map(({ score, answers }) => `${fixed(score, 2)}: ${answers}`).join(', ');
  return (
    <figure className={classes.histogram} aria-label={`${t('own.reward.histogram')}. ${said}`} role="img">
      <figcaption>
        {t('own.reward.histogram')} <span className={classes.muted}>{t('own.reward.histogramHint')}</span>
      </figcaption>
      <div>
        <Plot>
          <ComposedChart
            data={bins}
            margin={{ top: 6, right: 4, bottom: 0, left: 0 }}
            accessibilityLayer={false}
          >
            <CartesianGrid stroke="var(--grid)" vertical={false} />
            <XAxis dataKey="score" tick={tick} tickFormatter={(x: number) => fixed(x, 1)} tickLine={false} />
            <YAxis
              yAxisId="answers"
              tick={tick}
              width={34}
              tickLine={false}
              axisLine={false}
              allowDecimals={false}
            />
            <YAxis
              yAxisId="gold"
              orientation="right"
              domain={[-1, 1]}
              ticks={[-1, 0, 1]}
              tick={tick}
              width={24}
              tickLine={false}
              axisLine={false}
            />
            <Bar yAxisId="answers" dataKey="answers" fill="var(--arm-0)" isAnimationActive={false} />
            <Line
              yAxisId="gold"
              dataKey="gold"
              stroke="var(--arm-1)"
              strokeWidth={2}
              connectNulls
              isAnimationActive={false}
            />
          </ComposedChart>
        </Plot>
      </div>
    </figure>
  );
}
