import { VisuallyHidden } from '@mantine/core';
import { useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { StageFormula } from '../../pipeline/contract/formula';
import { formulaOf } from '../../pipeline/stages/traits';
import { formulaAlt, settingText } from '../i18n/dynamic';
import { brief } from '../i18n/format';
import type { StageModel } from '../store/snapshot';
import { setView, useView } from '../store/useView';
import classes from './formula.module.css';
import { Tex, texHtml } from './Tex';

/** The loss of a stage; its symbols and the settings below point at each other. */
export function Formula({ stage }: { stage: FormulaOf }) {
  const { stage: name, settings } = stage;
  const formula = useMemo(() => formulaOf({ stage: name, settings }), [name, settings]);
  return formula && <FormulaBox stage={stage} formula={formula} />;
}

type FormulaOf = Pick<StageModel, 'stage' | 'settings'>;

function FormulaBox({
  stage,
  formula: { says, lines, symbols },
}: {
  stage: FormulaOf;
  formula: StageFormula;
}) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const highlighted = useView((s) => s.highlighted);
  const html = useMemo(() => lines.map((line) => texHtml(`\\displaystyle ${line}`)), [lines]);

  useEffect(() => {
    for (const part of box.current?.querySelectorAll<HTMLElement>('[data-setting]') ?? [])
      part.toggleAttribute('data-lit', part.dataset['setting'] === highlighted);
  }, [highlighted, html]);

  const point = (target: EventTarget) => {
    const part = target instanceof Element ? target.closest<HTMLElement>('[data-setting]') : null;
    setView({ highlighted: part?.dataset['setting'] ?? null });
  };

  return (
    <div className={classes.formula}>
      <h3 className={classes.title}>
        {t(says === 'labels' ? 'settings.formulaPreferences' : 'settings.formula')}
      </h3>
      <div
        ref={box}
        className={classes.lines}
        role="img"
        tabIndex={0}
        aria-label={formulaAlt(stage.stage)}
        onPointerOver={(e) => point(e.target)}
        onPointerLeave={() => setView({ highlighted: null })}
      >
        {html.map((line, i) => (
          <div key={i} dangerouslySetInnerHTML={{ __html: line }} />
        ))}
      </div>
      <ul className={classes.values}>
        {Object.entries(symbols).map(([name, symbol]) => {
          const value = shown(stage.settings[name], t('settings.off'));
          return (
            <li key={name}>
              <button
                type="button"
                className={classes.value}
                data-lit={highlighted === name || undefined}
                onPointerEnter={() => setView({ highlighted: name })}
                onPointerLeave={() => setView({ highlighted: null })}
                onFocus={() => setView({ highlighted: name })}
                onBlur={() => setView({ highlighted: null })}
                onClick={() => focusSetting(name)}
              >
                <Tex>{`${symbol}=`}</Tex>
                {value}
                <VisuallyHidden> {settingText(stage.stage, name).label}</VisuallyHidden>
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

const shown = (value: unknown, off: string): string =>
  typeof value === 'number' ? brief(value) : value === null ? off : String(value);

/** Brings the setting into view and puts the cursor into it. */
function focusSetting(name: string): void {
  setView({ advanced: true });
  requestAnimationFrame(() => {
    const row = [...document.querySelectorAll<HTMLElement>('[data-setting]')].find(
      (e) => e.dataset['setting'] === name && e.querySelector('input, select'),
    );
    row?.scrollIntoView({ block: 'nearest' });
    row?.querySelector<HTMLElement>('input:not([type=range]), select')?.focus();
  });
}
