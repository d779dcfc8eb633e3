import { Button, CloseButton } from '@mantine/core';
import { use, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { language } from '../i18n';
import { searchOf } from '../store/url';
import { actions, useLab } from '../store/useLab';
import { setView } from '../store/useView';
import { Claims } from './Claims';
import { loadLessons, wordsOfDemo, type DemoEntry } from '../lessons/demos';
import classes from './gallery.module.css';
import { LessonText } from './LessonText';
import { Predict } from './Predict';
import { RunStep } from './RunStep';
import './words';

/** The lesson that is open: predict, run, compare, break, discuss. */
export function LessonPanel({ demo }: { demo: DemoEntry }) {
  const { t } = useTranslation();
  use(loadLessons(language()));
  const { title, summary } = wordsOfDemo(demo, language());
  return (
    <div
      className={classes.lesson}
      tabIndex={0}
      role="group"
      aria-label={t('lesson.tab')}
      data-lesson={demo.name}
    >
      <header className={classes.lessonHead}>
        <h2>{title}</h2>
        <CloseButton size="sm" aria-label={t('lesson.close')} onClick={actions.closeDemo} />
      </header>
      <p className={classes.summary}>{summary}</p>
      <ChangedNote demo={demo} />
      <Step demo={demo} step="why" />
      <Section heading={t('lesson.steps.predict')} number={2}>
        <Predict demo={demo} />
      </Section>
      <Section heading={t('lesson.steps.run')} number={3}>
        <RunStep demo={demo} />
      </Section>
      <Step demo={demo} step="watch" />
      <Section heading={t('lesson.steps.found')} number={5}>
        <LessonText demo={demo} step="found" />
        <Claims demo={demo} />
      </Section>
      <Step demo={demo} step="break" />
      <Step demo={demo} step="discuss" />
      <Button
        size="compact-xs"
        variant="default"
        className={classes.glossaryButton}
        onClick={() => setView({ term: '' })}
      >
        {t('glossary.open')}
      </Button>
    </div>
  );
}

const NUMBERS = { why: 1, watch: 4, break: 6, discuss: 7 } as const;

/** A step that is only text. */
function Step({ demo, step }: { demo: DemoEntry; step: keyof typeof NUMBERS }) {
  const { t } = useTranslation();
  return (
    <Section heading={t(`lesson.steps.${step}`)} number={NUMBERS[step]}>
      <LessonText demo={demo} step={step} />
    </Section>
  );
}

function Section({ heading, number, children }: { heading: string; number: number; children: ReactNode }) {
  return (
    <section className={classes.step}>
      <h3>
        <span className={classes.number}>{number}</span> {heading}
      </h3>
      {children}
    </section>
  );
}

/** Says when the lab is no longer what the lesson set up. */
function ChangedNote({ demo }: { demo: DemoEntry }) {
  const { t } = useTranslation();
  const changed = useLab((s) => searchOf(s.config, { demo }) !== searchOf(demo.config, { demo }));
  const idle = useLab((s) => s.state === 'idle');
  if (!changed) return null;
  return (
    <p className={classes.changed}>
      {t('lesson.settingsChanged')}{' '}
      <button type="button" className={classes.set} disabled={!idle} onClick={() => actions.openDemo(demo)}>
        {t('lesson.restore')}
      </button>
    </p>
  );
}
