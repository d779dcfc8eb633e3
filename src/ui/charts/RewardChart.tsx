import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { CartesianGrid, ComposedChart, ReferenceLine, XAxis, YAxis } from 'recharts';
import { brief, fixed } from '../i18n/format';
import { axisEnd, chartRows } from '../store/compare';
import { armLines } from './ArmLines';
import { niceAxis, progressAxis } from './axes';
import { ChartFrame } from './ChartFrame';
import classes from './charts.module.css';
import type { ComparisonChartProps } from './Comparison';
import { EndLabels } from './EndLabels';
import { endLabel, LABEL_ROOM, MARGIN, sftLabel, TICK } from './parts';

const GOLD_TICKS = [-1, -0.5, 0, 0.5, 1];

/** Gold reward (solid, left axis) and proxy (dashed, right axis); both zeros are at the same height. */
export const RewardChart = memo(function RewardChart({ series, axis, sftGold, empty }: ComparisonChartProps) {
  const { t } = useTranslation();
  const rows = chartRows(series, axis, {
    gold: (p) => p.evaluation.gold,
    proxy: (p) => p.evaluation.proxy,
  });
  const x = progressAxis(axisEnd(series, axis));
  const proxies = series.flatMap((s) => s.points.flatMap((p) => p.evaluation.proxy ?? []));
  const reach = niceAxis(proxies.map(Math.abs), [0, 1], 2).domain[1];
  const labels = series.flatMap((s) => endLabel(s, axis, (p) => p.evaluation.gold));
  const reference = sftLabel(t('charts.sft'), x.domain[1], sftGold);
  const values = labels.map((l) => l.text).join(', ');
  const title = t('charts.reward.title');
  const question = t('charts.reward.question');
  return (
    <ChartFrame
      title={title}
      question={question}
      unit={t('charts.goldUnit')}
      rightUnit={proxies.length ? t('charts.proxyUnit') : undefined}
      xUnit={t(`charts.axisUnits.${axis}`)}
      summary={t('charts.summary', { title, question, values })}
      empty={empty}
      legend={
        <span className={classes.legend}>
          <span>
            <svg width="18" height="6" aria-hidden>
              <path d="M0 3H18" stroke="currentColor" strokeWidth="2" />
            </svg>
            {t('charts.gold')}
          </span>
          <span>
            <svg width="18" height="6" aria-hidden>
              <path
                d="M1 3H18"
                stroke="currentColor"
                strokeWidth="2"
                strokeDasharray="2 4"
                strokeLinecap="round"
              />
            </svg>
            {t('charts.proxy')}
          </span>
        </span>
      }
    >
      <ComposedChart data={rows} margin={MARGIN} accessibilityLayer={false}>
        <CartesianGrid stroke="var(--grid)" vertical={false} />
        <XAxis
          dataKey="x"
          type="number"
          {...x}
          padding={{ right: LABEL_ROOM }}
          tick={TICK}
          tickLine={false}
          axisLine={{ stroke: 'var(--hairline)' }}
          height={18}
          tickFormatter={brief}
        />
        <YAxis
          domain={[-1, 1]}
          ticks={GOLD_TICKS}
          tick={TICK}
          tickLine={false}
          axisLine={false}
          width={30}
          tickFormatter={brief}
        />
        <YAxis
          yAxisId="right"
          orientation="right"
          domain={[-reach, reach]}
          ticks={[-reach, 0, reach]}
          tick={TICK}
          tickLine={false}
          axisLine={false}
          width={26}
          hide={proxies.length === 0}
          tickFormatter={(v: number) => fixed(v, Number.isInteger(v) ? 0 : 1, true)}
        />
        {sftGold !== undefined && <ReferenceLine y={sftGold} stroke="var(--sft)" strokeWidth={1} />}
        {armLines(series, { line: 'proxy', dashed: true, axis: 'right' })}
        {armLines(series, { line: 'gold' })}
        <EndLabels labels={[...labels, ...reference]} />
      </ComposedChart>
    </ChartFrame>
  );
});
