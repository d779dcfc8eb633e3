import { memo, useDeferredValue } from 'react';
import { useTranslation } from 'react-i18next';
import { percent } from '../i18n/format';
import { withReference } from '../i18n/reference';
import { useLab } from '../store/useLab';
import { armColour } from '../theme/palette';
import { SHARE } from './axes';
import { Intervals } from './Intervals';
import { BandSign, IntervalSign } from './LineSign';
import { compared, type TimeProps } from './props';
import { TimeChart } from './TimeChart';

/** From this many arms on, intervals over the whole way would cover each other. */
const MANY = 4;
/** From this many on, even bars would: only the selected arm has one. */
const CROWD = 6;

/**
 * Share of held-out prompts on which an arm beats what it started from by gold, always 0 to 100 %. Its 95 % Wilson
 * interval is a band along the way, or, where bands are seeds or arms are many, a bar at the last point.
 */
export const WinRateChart = memo(function WinRateChart(all: TimeProps) {
  const props = compared(all);
  const { series, bands, axis, prompts, against } = props;
  const { t } = useTranslation();
  const selected = useDeferredValue(useLab((s) => s.selected)); // input comes first
  const asBars = bands.length > 0 || series.length > MANY;
  return (
    <TimeChart
      {...props}
      name="winRate"
      question={withReference('charts.winRate.question', against.main)}
      unit={t('charts.winRateUnit')}
      quantity="winRate"
      scale={100}
      isRelative
      y={SHARE}
      start={50}
      isStartNamed
      format={(value) => percent(value / 100)}
      area={asBars ? undefined : ({ evaluation: e }) => [100 * e.winRateLow, 100 * e.winRateHigh]}
      legend={
        series.length > 0 && (
          <span>
            {asBars ? <IntervalSign /> : <BandSign />}
            {t('charts.band', {
              count:
                (asBars ? series[0]?.points.at(-1) : series[0]?.points[0])?.evaluation.prompts ?? prompts,
            })}
          </span>
        )
      }
    >
      {asBars && (
        <Intervals
          marks={series
            .filter((s) => series.length <= CROWD || s.id === selected)
            .map((s) => {
              const last = s.points.at(-1)!;
              const { winRateLow, winRateHigh } = last.evaluation;
              const colour = armColour(s.style);
              return { key: s.id, x: last[axis], low: 100 * winRateLow, high: 100 * winRateHigh, colour };
            })}
        />
      )}
    </TimeChart>
  );
});
