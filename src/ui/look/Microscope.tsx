import { Modal } from '@mantine/core';
import { useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import '../i18n/look';
import { BOS, decode, EOS } from '../../world';
import { fixed } from '../i18n/format';
import { useLab } from '../store/useLab';
import { closeMicroscope, useMicroscope, type Subject } from '../store/useMicroscope';
import { armColour } from '../theme/palette';
import { DpoFormula, PpoFormula } from './Formulas';
import classes from './look.module.css';
import { Advantage, Candidates, Clip, Distance, Elsewhere } from './Panels';
import { barsOf, ppoTerm, type Strip } from './terms';
import { useNext, useScope, type Scope } from './useScope';

/** One word of an answer from inside: how likely, how far, how good, and what its loss was made of. */
export function Microscope() {
  const { t } = useTranslation('look');
  const subject = useMicroscope((s) => s.subject);
  return (
    <Modal
      opened={subject !== null}
      onClose={closeMicroscope}
      size="min(76rem, 96vw)"
      title={subject && <Title subject={subject} />}
      closeButtonProps={{ 'aria-label': t('scope.close') }}
      classNames={{ content: classes.microscope!, body: classes.scopeBody!, header: classes.scopeHeader! }}
      transitionProps={{ duration: 0 }}
    >
      {subject && <Slide key={keyOf(subject)} subject={subject} />}
    </Modal>
  );
}

const keyOf = (subject: Subject): string =>
  subject.kind === 'pair' ? `pair ${subject.number}` : `${subject.kind} ${subject.arm}`;

function Title({ subject }: { subject: Subject }) {
  const { t } = useTranslation('look');
  const name = useLab((s) => s.stages.find((stage) => stage.id === subject.arm)?.name ?? subject.arm);
  return t(`scope.title.${subject.kind}`, {
    name,
    number: subject.kind === 'pair' ? String(subject.number) : '',
  });
}

function Slide({ subject }: { subject: Subject }) {
  const { t } = useTranslation('look');
  const scope = useScope(subject);
  const [row, setRow] = useState(0);
  const [token, setToken] = useState(subject.kind === 'sample' ? subject.index : 0);
  const strip = scope?.strips[Math.min(row, scope.strips.length - 1)];
  const at = strip ? Math.min(token, strip.completion.length - 1) : 0;
  const prefix = strip ? [...strip.prompt, ...strip.completion.slice(0, at)] : [];
  const next = useNext(scope, prefix);
  if (!scope || !strip)
    return (
      <p role="status" className={classes.about}>
        {t(subject.kind === 'rollouts' ? 'scope.noRollouts' : 'scope.waiting')}
      </p>
    );
  const isPair = subject.kind === 'pair';
  const move = (event: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const line = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by && !line) return;
    event.preventDefault();
    if (by) setToken(Math.min(strip.completion.length - 1, Math.max(0, at + by)));
    if (line) setRow(Math.min(scope.strips.length - 1, Math.max(0, row + line)));
  };
  const clip = scope.arm.settings['clipRange'] as number | null | undefined;
  return (
    <div className={classes.slide} data-token={at}>
      <p className={classes.about}>
        {scope.update !== undefined && t('scope.update', { update: String(scope.update) })}{' '}
        {strip.gold !== undefined && t('scope.gold', { value: fixed(strip.gold, 2, true) })}{' '}
        {strip.score !== undefined && t('scope.score', { value: fixed(strip.score, 2, true) })}{' '}
        {t(scope.strips.length > 1 ? 'scope.keysRows' : 'scope.keys')}
      </p>
      <div
        role="group"
        tabIndex={0}
        autoFocus
        className={classes.strips}
        aria-label={t('scope.words')}
        onKeyDown={move}
        data-autofocus
      >
        {scope.strips.map((s, i) =>
          isPair || i === row ? (
            <StripView
              key={i}
              strip={s}
              label={isPair ? t(`data.column.${i === 0 ? 'chosen' : 'rejected'}`) : undefined}
              colour={`var(--arm-${armIndex(scope)})`}
              selected={i === row ? at : null}
              clip={clip}
              onSelect={(k) => {
                setRow(i);
                setToken(k);
              }}
            />
          ) : null,
        )}
      </div>
      {isPair ? (
        <DpoFormula scope={scope} />
      ) : (
        scope.arm.stage === 'ppo' && <PpoFormula strip={strip} at={at} clip={clip ?? null} />
      )}
      <div className={classes.panels}>
        <Candidates next={next} strip={strip} at={at} />
        <Distance
          next={next}
          strip={strip}
          at={at}
          klCoef={scope.arm.settings['klCoef'] as number | undefined}
        />
        {isPair ? (
          <Elsewhere scope={scope} />
        ) : (
          scope.arm.stage === 'ppo' && (
            <>
              <Advantage strip={strip} at={at} />
              <Clip strip={strip} at={at} clip={clip ?? null} colour={armColour(armIndex(scope))} />
            </>
          )
        )}
      </div>
    </div>
  );
}

const armIndex = ({ arm }: Scope): number => useLab.getState().styles[arm.id] ?? 0;

interface StripViewProps {
  strip: Strip;
  label: string | undefined;
  colour: string;
  selected: number | null;
  clip: number | null | undefined;
  onSelect: (index: number) => void;
}

/** Pixels of the highest bar. */
const BAR = 26;

/** An answer with a bar under every word: up is better than expected, or likelier than before. */
function StripView({ strip, label, colour, selected, clip, onSelect }: StripViewProps) {
  const { t } = useTranslation('look');
  const bars = barsOf(strip);
  const most = Math.max(1e-6, ...bars.map(Math.abs));
  const words = decode(strip.completion);
  return (
    <div className={classes.strip}>
      {label && <b className={classes.stripLabel}>{label}</b>}
      <span className={classes.muted}>{decode(strip.prompt.filter((id) => id !== BOS)).join(' ')}</span>
      {words.map((word, i) => {
        const after = strip.after?.[i];
        const stopped =
          after !== undefined && ppoTerm(Math.exp(after - strip.own[i]!), bars[i]!, clip ?? null).isStopped;
        return (
          <button
            key={i}
            type="button"
            tabIndex={-1}
            aria-pressed={selected === i}
            style={{ '--colour': colour } as React.CSSProperties}
            onClick={() => onSelect(i)}
            title={fixed(bars[i]!, 2, true)}
          >
            <span>{strip.completion[i] === EOS ? '■' : word}</span>
            <svg width="12" height={2 * BAR} aria-hidden>
              <path d={`M0 ${BAR}H12`} stroke="var(--hairline)" />
              <rect
                x="2"
                width="8"
                y={bars[i]! > 0 ? BAR - (BAR * bars[i]!) / most : BAR}
                height={Math.abs((BAR * bars[i]!) / most)}
                fill={colour}
              />
            </svg>
            {stopped && <span className={classes.stopped} role="img" aria-label={t('scope.stopped')} />}
          </button>
        );
      })}
    </div>
  );
}
