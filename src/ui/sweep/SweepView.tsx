import { Button, NativeSelect } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { curveOf, figuresIn, type CurvePoint } from '../../pipeline/records/sweep-curve';
import { figureName } from '../i18n/dynamic';
import { useLab } from '../store/useLab';
import { useSweep } from '../store/useSweep';
import { setView } from '../store/useView';
import { queued, singleOut } from './drive';
import { SweepChart } from './SweepChart';
import { SweepTable } from './SweepTable';
import classes from './sweep.module.css';

/** Asked about first. */
const USUAL = ['winRate', 'gold', 'kl', 'proxy', 'length', 'accuracy'];

/** A figure over what was swept, and every run with its place in the queue. */
export function SweepView() {
  const { t } = useTranslation();
  const state = useSweep();
  const { sweep, runs, results } = state;
  const config = useLab((s) => s.config);
  const busy = useLab((s) => s.state !== 'idle');
  const [chosen, setChosen] = useState('winRate');
  const figures = useMemo(() => {
    const all = figuresIn(runs, results);
    return [
      ...USUAL.filter((f) => all.includes(f)),
      ...all.filter((f) => !USUAL.includes(f) && !/[/@.]/.test(f)),
    ];
  }, [runs, results]);
  const figure = figures.includes(chosen) || figures.length === 0 ? chosen : figures[0]!;
  const points = useMemo(
    () => (sweep ? curveOf(sweep, runs, results, figure) : []),
    [sweep, runs, results, figure],
  );
  if (!sweep) return <p className={classes.none}>{t('sweep.none')}</p>;
  const pick = ({ arm, each }: CurvePoint) => {
    const here = each.some(({ seed }) => seed === config.seed);
    if (here || !busy) singleOut(arm, here ? config.seed : each[0]!.seed);
  };
  const picker = (
    <NativeSelect
      size="xs"
      aria-label={t('sweep.figure')}
      value={figure}
      onChange={(e) => setChosen(e.currentTarget.value)}
      data={(figures.length > 0 ? figures : [figure]).map((value) => ({ value, label: figureName(value) }))}
    />
  );
  return (
    <section className={classes.view} tabIndex={0} aria-label={t('sweep.title')}>
      <div className={classes.chart}>
        <SweepChart {...{ sweep, figure, points, picker }} onPick={pick} />
      </div>
      <SweepTable {...{ sweep, figure, points }} queue={queued(state)} />
      <div className={classes.choices}>
        <Button
          size="compact-sm"
          variant="default"
          disabled={busy}
          onClick={() => setView({ sweeping: config.arms[0]!.id })}
        >
          {t('sweep.again')}
        </Button>
        <Button size="compact-sm" variant="default" onClick={() => setView({ runs: true })}>
          {t('sweep.allRuns')}
        </Button>
      </div>
    </section>
  );
}
