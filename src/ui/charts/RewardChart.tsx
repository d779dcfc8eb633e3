import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { CartesianGrid, ComposedChart, ReferenceLine, XAxis, YAxis } from 'recharts';
import { brief, fixed } from '../i18n/format';
import { withBands } from '../figures/bands';
import { chartRows } from '../store/compare';
import { useLab } from '../store/useLab';
import { useView } from '../store/useView';
import { armLines, seedBands } from './ArmLines';
import { niceAxis, progressAxis } from './axes';
import { ChartFrame } from './ChartFrame';
import type { TimeChartProps } from './Comparison';
import { EndLabels } from './EndLabels';
import { roomFor } from './labels';
import { LineSign } from './LineSign';
import { bandLabels, endLabels, MARGIN, sftLabel, TICK } from './parts';

/** From this many arms on, only the selected one shows what the reward model thinks of it. */
const MANY = 4;

const GOLD_TICKS = [-1, -0.5, 0, 0.5, 1];

/** Gold reward (solid, left axis) and proxy (dashed, right axis); both zeros are at the same height. */
export const RewardChart = memo(function RewardChart(props: TimeChartProps) {
  const { series, bands, lonely, names, axis, end, sftGold, empty } = props;
  const { t } = useTranslation();
  const selected = useLab((s) => s.selected);
  const enlarged = useView((s) => s.enlarged === 'reward');
  // Dashed lines of many arms would hide the solid ones.
  const many = series.length > MANY && !enlarged;
  const proxied = many ? series.filter((s) => s.id === selected) : series;
  const lines = chartRows(series, axis, {
    gold: (p) => p.evaluation.gold,
    proxy: (p) => p.evaluation.proxy,
  });
  const rows = withBands(lines, bands, axis, 'gold');
  const x = progressAxis(end[axis]);
  const proxies = proxied.flatMap((s) => s.points.flatMap((p) => p.evaluation.proxy ?? []));
  const reach = niceAxis(proxies.map(Math.abs), [0, 1], 2).domain[1];
  const labels = [
    ...endLabels(series, (p) => p.evaluation.gold, { axis, names }),
    ...bandLabels(lonely, 'gold', { axis, names }),
  ];
  const reference = sftLabel(t('charts.sft'), x.domain[1], sftGold);
  const values = labels.map((l) => l.text).join(', ');
  const xUnit = t(`charts.axisUnits.${axis}`);
  const title = t('charts.reward.title');
  const question = t('charts.reward.question');
  return (
    <ChartFrame
      name="reward"
      title={title}
      question={question}
      unit={t('charts.goldUnit')}
      rightUnit={proxies.length ? t('charts.proxyUnit') : undefined}
      xUnit={xUnit}
      summary={t('charts.summary', { title, question, values })}
      empty={empty}
      legend={
        <>
          <span>
            <LineSign /> {t('charts.gold')}
          </span>
          {proxies.length > 0 && (
            <span>
              <LineSign dashes="2 4" />{' '}
              {many ? t('charts.proxyOf', { name: names[proxied[0]!.id]! }) : t('charts.proxy')}
            </span>
          )}
        </>
      }
    >
      <ComposedChart data={rows} margin={MARGIN} accessibilityLayer={false}>
        <CartesianGrid stroke="var(--grid)" vertical={false} />
        <XAxis
          dataKey="x"
          type="number"
          {...x}
          padding={{ right: roomFor([xUnit, ...labels.map((l) => l.text)]) }}
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
        {seedBands(bands)}
        {armLines(proxied, { line: 'proxy', dashed: true, axis: 'right' })}
        {armLines(series, { line: 'gold' })}
        <EndLabels labels={[...labels, ...reference]} end={x.domain[1]} />
      </ComposedChart>
    </ChartFrame>
  );
});
