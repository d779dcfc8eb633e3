import { SegmentedControl } from '@mantine/core';
import { Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Panel } from '../panel/Panel';
import { part } from '../panel/part';
import panel from '../samples/samples.module.css';
import { useLab } from '../store/useLab';
import { setView, useView, type ViewState } from '../store/useView';
import { demoByName } from '../lessons/demos';
import classes from './gallery.module.css';

export const samples = part(async () => (await import('../samples/Samples')).Samples);
export const recorded = part(async () => (await import('../replay/RecordedSamples')).RecordedSamples);
export const lesson = part(async () => (await import('./LessonPanel')).LessonPanel);

/** The right of the page: samples, or the lesson that is open. */
export function Side() {
  const { t } = useTranslation();
  const demo = demoByName(useLab((s) => s.demo));
  const side = useView((s) => s.side);
  const replaying = useLab((s) => s.replay !== null);
  const Answers = replaying && demo ? recorded.Part : samples.Part;
  const answers = (
    <Panel name="samples">
      <Suspense fallback={<div className={panel.panel} />}>
        <Answers />
      </Suspense>
    </Panel>
  );
  if (!demo) return answers;
  return (
    <section className={classes.side} data-side={side} aria-label={t('lesson.views')}>
      <SegmentedControl
        size="xs"
        fullWidth
        aria-label={t('lesson.views')}
        value={side}
        onChange={(value) => setView({ side: value as ViewState['side'] })}
        data={[
          { value: 'lesson', label: t('lesson.tab') },
          { value: 'samples', label: t('samples.title') },
        ]}
      />
      {side === 'lesson' ? (
        <Panel key={demo.name} name="lesson">
          <Suspense fallback={<div className={classes.lesson} />}>
            <lesson.Part demo={demo} />
          </Suspense>
        </Panel>
      ) : (
        answers
      )}
    </section>
  );
}
