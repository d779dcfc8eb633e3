import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useShallow } from 'zustand/react/shallow';
import { useLab } from '../store/useLab';
import { answering, askNext, resample, useSamples } from '../store/useSamples';
import { AnswerCard } from './AnswerCard';
import { PromptField } from './PromptField';
import classes from './samples.module.css';

/** One prompt, and what every model says to it. */
export function Samples() {
  const { t } = useTranslation();
  const ids = useLab(useShallow((s) => answering(s.stages).map((stage) => stage.id)));
  const prompt = useSamples((s) => s.prompt);
  const task = useSamples((s) => s.task);
  return (
    <section className={classes.panel} aria-label={t('samples.title')}>
      <header className={classes.header}>
        <h2 className={classes.title}>{t('samples.title')}</h2>
        <div className={classes.buttons}>
          <Button size="compact-xs" variant="default" onClick={resample}>
            {t('samples.resample')}
          </Button>
          <Button size="compact-xs" variant="default" onClick={askNext}>
            {t('samples.next')}
          </Button>
        </div>
        <p className={classes.question}>{t('samples.question')}</p>
      </header>
      <PromptField key={`${task} ${prompt.text}`} prompt={prompt} />
      <div className={classes.answers} tabIndex={0} role="group" aria-label={t('samples.question')}>
        {ids.map((id) => (
          <AnswerCard key={id} id={id} />
        ))}
        <p className={classes.note}>{t('samples.same')}</p>
      </div>
    </section>
  );
}
