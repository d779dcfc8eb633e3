import { useTranslation } from 'react-i18next';
import { queueOf } from '../../pipeline/lab/queue';
import { graphsOf, runsOf, type Sweep } from '../../pipeline/lab/sweep';
import { duration } from '../i18n/format';
import { bytesText } from '../kept/words';
import { timeLeft } from './drive';
import { memoryOf } from './plan';
import './words';

/** More arms than this share colours. */
export const MANY = 8;

/** How many runs, about how long, how much memory: before anything is run. */
export function Cost({ sweep }: { sweep: Sweep }) {
  const { t } = useTranslation();
  const graphs = graphsOf(sweep);
  const nothing = new Set<string>();
  const queue = queueOf(runsOf(sweep, graphs), {
    done: nothing,
    failed: nothing,
    skipped: nothing,
    running: new Map(),
  });
  const time = timeLeft(sweep, graphs, queue);
  const { arms } = sweep.config;
  return (
    <>
      <p>
        <b>
          {t('sweep.planRuns', {
            runs: String(queue.length),
            arms: t('sweep.planArms', { count: arms.length }),
            seeds: t('sweep.planSeeds', { count: sweep.seeds.length }),
          })}
        </b>{' '}
        {time === undefined
          ? t('sweep.planNoTime')
          : t(time.isSeen ? 'sweep.planTime' : 'sweep.planGuess', { time: duration(time.seconds) })}{' '}
        {t('sweep.planMemory', { memory: bytesText(memoryOf(sweep)) })}
      </p>
      {arms.length > MANY && <p>{t('sweep.planMany')}</p>}
    </>
  );
}
