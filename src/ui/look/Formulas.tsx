import { useTranslation } from 'react-i18next';
import { sum } from '../../pipeline/maths/statistics';
import { fixed } from '../i18n/format';
import { setView, useView } from '../store/useView';
import classes from './look.module.css';
import { dpoTerm, logRatios, ppoTerm, type Strip } from './terms';
import type { Scope } from './useScope';

interface SymbolProps {
  /** As it stands in the formula, and what it is called. */
  symbol: string;
  name: string;
  value: string;
  /** The panel that explains it. */
  panel: string;
}

/** A symbol with its number under it; pointing at it lights its panel, and back. */
function Bound({ symbol, name, value, panel }: SymbolProps) {
  const lit = useView((s) => s.highlighted === panel);
  return (
    <button
      type="button"
      className={classes.bound}
      data-lit={lit || undefined}
      onPointerEnter={() => setView({ highlighted: panel })}
      onPointerLeave={() => setView({ highlighted: null })}
      onFocus={() => setView({ highlighted: panel })}
      onBlur={() => setView({ highlighted: null })}
    >
      <i>{symbol}</i>
      <b data-sign={value.startsWith('−') ? 'minus' : 'plus'}>{value}</b>
      <small>{name}</small>
    </button>
  );
}

interface PpoFormulaProps {
  strip: Strip;
  at: number;
  clip: number | null;
}

/** The clipped objective of one token with its numbers; only of an answer that was learned from. */
export function PpoFormula({ strip, at, clip }: PpoFormulaProps) {
  const { t } = useTranslation('look');
  const advantage = (strip.advantages ?? strip.rawAdvantages)?.[at];
  if (advantage === undefined) return null;
  const after = strip.after?.[at];
  const ratio = after === undefined ? 1 : Math.exp(after - strip.own[at]!);
  const term = ppoTerm(ratio, advantage, clip);
  const range = clip === null ? '' : `${fixed(1 - clip)} … ${fixed(1 + clip)}`;
  return (
    <div className={classes.formula} data-formula="ppo">
      <Bound symbol="L" name={t('scope.symbol.L')} value={fixed(term.objective, 2, true)} panel="clip" />
      <span>= min (</span>
      <Bound symbol="ρ" name={t('scope.symbol.ratio')} value={fixed(ratio)} panel="candidates" />
      <span>·</span>
      <Bound
        symbol="A"
        name={t('scope.symbol.advantage')}
        value={fixed(advantage, 2, true)}
        panel="advantage"
      />
      <span>,</span>
      <Bound
        symbol={clip === null ? 'ρ' : 'clip(ρ, 1−ε, 1+ε)'}
        name={clip === null ? t('scope.symbol.unclipped') : t('scope.symbol.clip', { range })}
        value={fixed(term.clipped)}
        panel="clip"
      />
      <span>·</span>
      <Bound
        symbol="A"
        name={t('scope.symbol.advantage')}
        value={fixed(advantage, 2, true)}
        panel="advantage"
      />
      <span>
        ) = min ( {fixed(term.free, 2, true)} , {fixed(term.held, 2, true)} )
      </span>
      {after === undefined && <small>{t('scope.notTrained')}</small>}
    </div>
  );
}

/** DPO's loss of the pair with its numbers. */
export function DpoFormula({ scope }: { scope: Scope }) {
  const { t } = useTranslation('look');
  const beta = scope.arm.settings['beta'] as number | undefined;
  const [chosen, rejected] = scope.strips.map((strip) => sum(logRatios(strip))) as [number, number];
  if (typeof beta !== 'number') return null;
  const term = dpoTerm(chosen, rejected, beta);
  return (
    <div className={classes.formula} data-formula="dpo">
      <Bound symbol="L" name={t('scope.symbol.loss')} value={fixed(term.loss)} panel="elsewhere" />
      <span>= −log σ (</span>
      <Bound symbol="β" name={t('scope.symbol.beta')} value={fixed(beta)} panel="elsewhere" />
      <span>· (</span>
      <Bound
        symbol="log π/π₀ (y⁺)"
        name={t('data.column.chosen')}
        value={fixed(chosen, 2, true)}
        panel="elsewhere"
      />
      <span>−</span>
      <Bound
        symbol="log π/π₀ (y⁻)"
        name={t('data.column.rejected')}
        value={fixed(rejected, 2, true)}
        panel="elsewhere"
      />
      <span>) ) ;</span>
      <Bound symbol="σ(−h)" name={t('scope.symbol.weight')} value={fixed(term.weight)} panel="elsewhere" />
    </div>
  );
}
