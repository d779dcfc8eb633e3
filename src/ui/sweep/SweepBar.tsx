import { Button, CloseButton } from '@mantine/core';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { sweepOf } from '../../pipeline/lab/sweep';
import { duration, spaced } from '../i18n/format';
import { nameList } from '../i18n/list';
import { allDone, useLab } from '../store/useLab';
import { useSweep } from '../store/useSweep';
import { setView } from '../store/useView';
import { forget, goOn, queued, restore, skip, stop, timeLeft } from './drive';
import { Cost, MANY } from './Cost';
import classes from './sweep.module.css';
import { axisText } from './words';

/** How far the sweep is, how long it takes, and how to stop it; while there is something left of it. */
export function SweepBar() {
  return (
    <>
      <Left />
      <ManyNotice />
    </>
  );
}

function Left() {
  const { t } = useTranslation();
  useEffect(() => void restore(), []);
  const sweep = useSweep();
  const seed = useLab((s) => s.config.seed);
  const isIdle = useLab((s) => s.state === 'idle');
  if (!sweep.sweep || sweep.state === 'done') return null;
  const runs = queued(sweep);
  const isRunning = sweep.state === 'running';
  const active = runs.filter(({ status }) => status === 'running');
  const nameOf = (id: string) => sweep.sweep!.config.arms.find((arm) => arm.id === id)!.name;
  const left = isRunning ? timeLeft(sweep.sweep, sweep.graphs, runs) : undefined;
  const counts = {
    setting: axisText(sweep.sweep.axis),
    done: String(runs.filter(({ status }) => status === 'done').length),
    all: String(runs.length),
  };
  const now =
    active.length > 0
      ? t('sweep.bar.now', { names: nameList(active.map(({ arm }) => nameOf(arm))), seed: String(seed) })
      : t('sweep.bar.trunk', { seed: String(seed) });
  return (
    <div className={classes.bar} data-sweep={sweep.state}>
      <p>
        <button type="button" className={classes.link} onClick={() => setView({ tab: 'sweep' })}>
          {spaced(isRunning ? t('sweep.bar.running', counts) : t('sweep.bar.stopped', counts))}
        </button>{' '}
        {isRunning && spaced(now)}{' '}
        {left && t(left.isSeen ? 'sweep.bar.left' : 'sweep.bar.guess', { time: duration(left.seconds) })}
      </p>
      <div className={classes.choices}>
        {isRunning ? (
          <>
            {active.slice(0, 2).map(({ key, arm }) => (
              <Button key={key} size="compact-sm" variant="default" onClick={() => skip([key])}>
                {spaced(t('sweep.bar.skip', { name: nameOf(arm) }))}
              </Button>
            ))}
            <Button size="compact-sm" variant="default" onClick={stop}>
              {t('sweep.bar.stop')}
            </Button>
          </>
        ) : (
          <>
            <Button size="compact-sm" variant="default" disabled={!isIdle} onClick={() => void goOn()}>
              {t('sweep.bar.goOn')}
            </Button>
            <CloseButton aria-label={t('sweep.bar.forget')} title={t('sweep.bar.forget')} onClick={forget} />
          </>
        )}
      </div>
    </div>
  );
}

/** Before more methods are run than there are colours: how many, about how long, how much memory. */
function ManyNotice() {
  const config = useLab((s) => s.config);
  const isToDo = useLab(
    (s) => s.state === 'idle' && s.problems.length === 0 && s.replay === null && !allDone(s.stages),
  );
  const isSweep = useSweep((s) => s.sweep !== null && s.state !== 'done');
  if (config.arms.length <= MANY || !isToDo || isSweep) return null;
  return (
    <div className={classes.bar} data-notice="many">
      <div>
        <Cost sweep={sweepOf(config, [config.seed])} />
      </div>
    </div>
  );
}
