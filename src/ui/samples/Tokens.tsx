import { useRef, type CSSProperties, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Sample } from '../store/useSamples';
import classes from './samples.module.css';
import { klOf } from './token-figures';

interface TokensProps {
  sample: Sample;
  label: string;
  colour: string;
  focused: number | null;
  onFocus: (index: number | null) => void;
}

const PUNCTUATION = /^[.,!?:]$/;

/** An answer word by word; darker words add more to the KL. One tab stop, arrow keys inside. */
export function Tokens({ sample, label, colour, focused, onFocus }: TokensProps) {
  const { t } = useTranslation();
  const list = useRef<HTMLDivElement>(null);
  const { tokens, finished } = sample;
  const words = finished ? tokens.slice(0, -1) : tokens;
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (event.key === 'Escape') onFocus(null);
    if (!step) return;
    event.preventDefault();
    const to = Math.min(tokens.length - 1, Math.max(0, (focused ?? (step > 0 ? -1 : 0)) + step));
    list.current?.querySelectorAll('button')[to]?.focus();
  };
  return (
    <div ref={list} className={classes.tokens} role="group" aria-label={label} onKeyDown={move}>
      {words.length === 0 && <span className={classes.waiting}>{t('samples.empty')} </span>}
      {tokens.map((token, i) => {
        const kl = klOf(sample, i);
        const isEnd = finished && i === tokens.length - 1;
        const tint = kl === undefined ? 0 : Math.min(45, Math.round(14 * Math.abs(kl)));
        return (
          <span key={i}>
            {i > 0 && !PUNCTUATION.test(token) && ' '}
            <button
              type="button"
              className={isEnd ? classes.end : classes.token}
              tabIndex={i === (focused ?? 0) ? 0 : -1}
              aria-pressed={focused === i}
              style={{ '--tint': `${tint}%`, '--colour': colour } as CSSProperties}
              onFocus={() => onFocus(i)}
              onClick={() => onFocus(i)}
            >
              {isEnd ? t('samples.end') : token}
            </button>
          </span>
        );
      })}
      {!finished && ' '}
      {!finished && <span className={classes.end}>{t('samples.unfinished')}</span>}
    </div>
  );
}
