import { useState } from 'react';
import { Button, NativeSelect } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { demoByName } from '../lessons/demos';
import { figureName } from '../i18n/dynamic';
import { againstOf } from '../../pipeline/lab/reference';
import { useLab } from '../store/useLab';
import { useReferences } from '../store/useReferences';
import { setView } from '../store/useView';
import { Bars } from './Bars';
import { BudgetTable } from './BudgetTable';
import { FigureTable } from './FigureTable';
import { figureGroups } from '../figures/groups';
import { HeadToHead } from './HeadToHead';
import classes from './results.module.css';
import { SettingChart } from './SettingChart';
import { Temperatures } from './Temperatures';
import { useFigureBook } from '../figures/useFigureBook';

/** The chart that answers the lesson's question, and the figures of all arms side by side, question by question. */
export function Results() {
  const { t } = useTranslation();
  const book = useFigureBook();
  const styles = useLab((s) => s.styles);
  const against = againstOf(useReferences());
  const demo = demoByName(useLab((s) => s.demo));
  const groups = figureGroups(book, demo);
  return (
    <section className={classes.results} tabIndex={0} aria-label={t('results.title')}>
      <AnswerChart
        book={book}
        styles={styles}
        against={against}
        figures={demo?.chart?.y ?? [groups[0]!.figures[0]!]}
        chart={demo?.chart}
      />
      {groups.map(({ name, figures }) => (
        <FigureTable key={name} name={name} figures={figures} book={book} styles={styles} against={against} />
      ))}
      <HeadToHead book={book} styles={styles} />
      <Temperatures book={book} styles={styles} against={against} />
      <BudgetTable />
      <p className={classes.footnote}>
        {t('results.note')}{' '}
        <Button size="compact-xs" variant="default" onClick={() => setView({ runs: true })}>
          {t('view.runs')}
        </Button>
      </p>
    </section>
  );
}

type AnswerChartProps = Omit<Parameters<typeof Bars>[0], 'figure' | 'picker'> & {
  figures: readonly string[];
  chart: NonNullable<ReturnType<typeof demoByName>>['chart'];
};

/** Bars by arm, or points over a setting; of one figure at a time. */
function AnswerChart({ book, styles, against, figures, chart }: AnswerChartProps) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState(0);
  const figure = figures[chosen] ?? figures[0]!;
  const picker = figures.length > 1 && (
    <NativeSelect
      size="xs"
      aria-label={t('results.figure')}
      value={figure}
      onChange={(e) => setChosen(figures.indexOf(e.currentTarget.value))}
      data={figures.map((name) => ({ value: name, label: figureName(name) }))}
    />
  );
  if (chart?.kind === 'setting' && chart.x)
    return (
      <SettingChart
        book={book}
        styles={styles}
        figure={figure}
        picker={picker}
        x={chart.x}
        lines={chart.lines ?? []}
        spread={figure === figures[0] ? chart.spread : undefined}
      />
    );
  return <Bars book={book} styles={styles} against={against} figure={figure} picker={picker} />;
}
