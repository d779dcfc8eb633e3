import { VisuallyHidden } from '@mantine/core';
import { useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { settingFields } from '../../pipeline/contract/settings';
import { STAGES } from '../../pipeline/stages';
import { formulaAlt, settingText } from '../i18n/dynamic';
import { brief } from '../i18n/format';
import type { StageModel } from '../store/snapshot';
import { setView, useView } from '../store/useView';
import classes from './formula.module.css';
import { FORMULA_SYMBOLS, formulaOf, type StageFormula } from './formulas';
import { Tex, texHtml } from './Tex';

/** The loss of a stage; its symbols and the settings below point at each other. */
export function Formula({ stage }: { stage: FormulaOf }) {
  const formula = useMemo(() => formulaOf(stage.stage, stage.settings), [stage.stage, stage.settings]);
  return formula && <FormulaBox stage={stage} formula={formula} />;
}

type FormulaOf = Pick<StageModel, 'stage' | 'settings'>;

function FormulaBox({ stage, formula: { lines, settings } }: { stage: FormulaOf; formula: StageFormula }) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const highlighted = useView((s) => s.highlighted);
  const html = useMemo(() => lines.map((line) => texHtml(`\\displaystyle ${line}`)), [lines]);
  const symbols = useMemo(
    () =>
      new Map(
        settingFields(STAGES[stage.stage].settings).map((f) => [
          f.name,
          f.info.symbol ?? FORMULA_SYMBOLS[f.name],
        ]),
      ),
    [stage.stage],
  );

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
        {t(stage.stage === 'preferences' ? 'settings.formulaPreferences' : 'settings.formula')}
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
        {settings.map((name) => {
          const symbol = symbols.get(name);
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
                {symbol ? <Tex>{`${symbol}=`}</Tex> : `${name} = `}
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
