import { memo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isUsual } from '../../pipeline/stages';
import type { Reference } from '../../pipeline/lab/reference';
import { MarkerIcon } from '../charts/Marker';
import { goldPartText, messageText } from '../i18n/dynamic';
import { fixed } from '../i18n/format';
import { useStageName } from '../store/useStageName';
import type { StageModel } from '../store/snapshot';
import { useShallow } from 'zustand/react/shallow';
import { useLab } from '../store/useLab';
import { useReferences } from '../store/useReferences';
import { useSamples, type Sample } from '../store/useSamples';
import { armColour, armStyle } from '../theme/palette';
import classes from './samples.module.css';
import { TokenDetail } from './TokenDetail';
import { Tokens } from './Tokens';

/** What an answer needs to know of its model; changes only when a new model or state is there. */
function modelIn(stages: readonly StageModel[], id: string) {
  const stage = stages.find((s) => s.id === id);
  if (!stage) return null;
  const isLive = stage.isArm && (stage.status === 'running' || stage.status === 'paused');
  return {
    name: stage.name,
    stage: stage.stage,
    isArm: stage.isArm,
    stale: stage.status === 'stale',
    hasModel: stage.model !== undefined,
    liveUpdate: isLive ? (stage.evaluations.at(-1)?.update ?? null) : null,
  };
}

/** What one model answered, what it is worth and why. */
export const AnswerCard = memo(function AnswerCard({ id }: { id: string }) {
  const { t } = useTranslation();
  const stage = useLab(useShallow((s) => modelIn(s.stages, id)));
  const stageName = useStageName();
  const style = useLab((s) => s.styles[id]);
  const sample = useSamples((s) => s.answers[id]);
  const against = useReferences()[id];
  if (!stage) return null;
  const name = stageName(stage);
  const colour = style === undefined ? 'var(--sft)' : armColour(style);
  const update = sample?.question.update;
  const note =
    update !== undefined
      ? t('samples.live', { update: String(update) })
      : stage.stale && stage.hasModel
        ? t('samples.stale')
        : stage.liveUpdate !== null
          ? t('samples.live', { update: String(stage.liveUpdate) })
          : '';
  return (
    <article className={classes.card} aria-label={name} data-model={id} data-stale={stage.stale || undefined}>
      <header className={classes.cardHeader}>
        <span className={classes.model} style={{ color: colour }}>
          <MarkerIcon
            shape={style === undefined ? 'circle' : armStyle(style).marker}
            colour={colour}
            size={12}
            hollow={isUsual(stage.stage, 'base')}
          />
          {name}
        </span>
        <span className={classes.note}>{note}</span>
        {sample && stage.hasModel && !sample.error && <Scores sample={sample} />}
      </header>
      {stage.hasModel && sample ? (
        <Body sample={sample} name={name} colour={colour} against={against} arm={id} />
      ) : (
        <p className={classes.waiting}>
          {stage.hasModel
            ? t('samples.waiting')
            : t(
                stage.isArm
                  ? 'samples.missing.arm'
                  : isUsual(stage.stage, 'sft')
                    ? 'samples.missing.sft'
                    : 'samples.missing.base',
                { name },
              )}
        </p>
      )}
    </article>
  );
});

function Scores({ sample }: { sample: Sample }) {
  const { t } = useTranslation();
  return (
    <span className={classes.scores}>
      {sample.proxy !== undefined && (
        <span className={classes.proxy} title={t('samples.proxyHint')}>
          {t('samples.proxy')} {fixed(sample.proxy, 1, true)}
        </span>
      )}
      <span title={t('samples.goldHint')}>
        {t('samples.gold')} <b>{fixed(sample.gold.total, 2, true)}</b>
      </span>
    </span>
  );
}

interface BodyProps {
  sample: Sample;
  name: string;
  colour: string;
  against: Reference | undefined;
  arm: string;
}

function Body({ sample, name, colour, against, arm }: BodyProps) {
  const { t } = useTranslation();
  const [focused, setFocused] = useState<{ sample: Sample; index: number } | null>(null);
  if (sample.error)
    return <p className={classes.wrong}>{t('samples.failed', { message: messageText(sample.error) })}</p>;
  const index = focused?.sample === sample ? focused.index : null;
  return (
    <>
      <Tokens
        sample={sample}
        label={t('samples.token.list', { name })}
        colour={colour}
        focused={index}
        onFocus={(i) => setFocused(i === null ? null : { sample, index: i })}
      />
      {index !== null && <TokenDetail sample={sample} index={index} against={against} arm={arm} />}
      {sample.gold.parts.length === 0 ? (
        <p className={classes.waiting}>{t('samples.partsNone')}</p>
      ) : (
        <ul className={classes.parts}>
          {sample.gold.parts.map((part, i) => (
            <li key={`${part.name} ${i}`} data-sign={part.value < 0 ? 'minus' : 'plus'}>
              <b>{fixed(part.value, 2, true)}</b>
              <div>
                {goldPartText(part.name)} <span>{messageText(part.why)}</span>
              </div>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
