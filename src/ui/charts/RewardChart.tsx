import { memo, useDeferredValue } from 'react';
import { useTranslation } from 'react-i18next';
import { fixed } from '../i18n/format';
import { useCursor } from '../store/useCursor';
import { useLab } from '../store/useLab';
import { useView } from '../store/useView';
import { mirrored } from './axes';
import { LineSign } from './LineSign';
import type { TimeProps } from './props';
import { TimeChart } from './TimeChart';

/** From this many arms on, only the selected one shows what the reward model thinks of it. */
const MANY = 4;

const GOLD = { domain: [-1, 1], ticks: [-1, -0.5, 0, 0.5, 1] } satisfies Parameters<typeof TimeChart>[0]['y'];

/** Gold reward (solid, left axis) and proxy (dashed, right axis); both zeros are at the same height. */
export const RewardChart = memo(function RewardChart(props: TimeProps) {
  const { series, startGold } = props;
  const { t } = useTranslation();
  const chosen = useLab((s) => s.selected);
  const selected = useDeferredValue(useCursor((s) => s.held) ?? chosen); // input comes first
  const enlarged = useView((s) => s.enlarged === 'reward');
  // Dashed lines of many arms would hide the solid ones.
  const many = series.length > MANY && !enlarged;
  const proxied = many ? series.filter((s) => s.id === selected) : series;
  const proxies = proxied.flatMap((s) => s.points.flatMap((p) => p.evaluation.proxy ?? []));
  return (
    <TimeChart
      {...props}
      name="reward"
      question={t('charts.reward.question')}
      unit={t('charts.goldUnit')}
      quantity="gold"
      y={GOLD}
      start={startGold}
      isStartNamed
      second={
        proxies.length
          ? {
              name: 'proxy',
              value: (p) => p.evaluation.proxy,
              axis: mirrored(proxies),
              unit: t('charts.proxyUnit'),
              format: (proxy) => fixed(proxy, 1, true),
              of: proxied,
            }
          : undefined
      }
      legend={
        <>
          <span>
            <LineSign /> {t('charts.gold')}
          </span>
          {proxies.length > 0 && (
            <span>
              <LineSign dashes="2 4" />{' '}
              {many ? t('charts.proxyOf', { name: proxied[0]!.name }) : t('charts.proxy')}
            </span>
          )}
        </>
      }
    />
  );
});
