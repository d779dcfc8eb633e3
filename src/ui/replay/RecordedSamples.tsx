import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { MarkerIcon } from '../charts/Marker';
import { fixed } from '../i18n/format';
import samples from '../samples/samples.module.css';
import { useLab } from '../store/useLab';
import { armColour, armStyle, isHollow } from '../theme/palette';
import classes from './replay.module.css';

/** The answers that were kept with the recording: of SFT, and of every arm once it is done. */
export function RecordedSamples() {
  const { t } = useTranslation();
  const kept = useLab((s) => s.replay?.samples ?? []);
  const [at, setAt] = useState(0);
  const sample = kept[Math.min(at, kept.length - 1)];
  return (
    <section className={samples.panel} aria-label={t('samples.title')} data-recorded-samples>
      <header className={samples.header}>
        <h2 className={samples.title}>{t('replay.samples')}</h2>
        {kept.length > 1 && (
          <div className={samples.buttons}>
            <Button size="compact-xs" variant="default" onClick={() => setAt((at + 1) % kept.length)}>
              {t('samples.next')}
            </Button>
          </div>
        )}
        <p className={samples.question}>{t(sample ? 'replay.samplesAbout' : 'replay.noSamples')}</p>
      </header>
      {sample && (
        <div className={samples.answers} tabIndex={0} role="group" aria-label={t('samples.question')}>
          <p className={classes.prompt}>
            <b>{t('samples.prompt')}</b> {sample.prompt}
          </p>
          {sample.answers.map(({ id, text, gold }) => (
            <RecordedAnswer key={id} id={id} text={text} gold={gold} />
          ))}
          <p className={samples.note}>{t('samples.same')}</p>
        </div>
      )}
    </section>
  );
}

function RecordedAnswer({ id, text, gold }: { id: string; text: string; gold: number }) {
  const { t } = useTranslation();
  const name = useLab((s) => s.stages.find((stage) => stage.id === id)?.name ?? id);
  const done = useLab((s) => s.stages.find((stage) => stage.id === id)?.status === 'done');
  const style = useLab((s) => s.styles[id]);
  const colour = style === undefined ? 'var(--sft)' : armColour(style);
  const label = style === undefined ? t('stage.names.sft') : name;
  return (
    <article className={samples.card} aria-label={label} data-model={id}>
      <header className={samples.cardHeader}>
        <span className={samples.model} style={{ color: colour }}>
          <MarkerIcon
            shape={style === undefined ? 'circle' : armStyle(style).marker}
            colour={colour}
            size={12}
            hollow={style !== undefined && isHollow(style)}
          />
          {label}
        </span>
        <span className={samples.note} />
        {done && (
          <span className={samples.scores}>
            {t('samples.gold')} <b>{fixed(gold, 2, true)}</b>
          </span>
        )}
      </header>
      <p className={done ? classes.answer : samples.waiting}>
        {done ? text || t('samples.empty') : t('replay.waiting', { name: label })}
      </p>
    </article>
  );
}
