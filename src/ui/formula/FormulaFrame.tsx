import { useTranslation } from 'react-i18next';
import { formulaOf } from '../../pipeline/stages/traits';
import type { StageModel } from '../store/snapshot';
import classes from './formula.module.css';

/** The box of a formula before the formula itself is there, about as high. */
export function FormulaFrame({
  stage: { stage, settings },
}: {
  stage: Pick<StageModel, 'stage' | 'settings'>;
}) {
  const { t } = useTranslation();
  const formula = formulaOf({ stage, settings });
  if (!formula) return null;
  const { says, lines, symbols } = formula;
  return (
    <div className={classes.formula} aria-busy>
      <h3 className={classes.title}>
        {t(says === 'labels' ? 'settings.formulaPreferences' : 'settings.formula')}
      </h3>
      <div className={classes.lines}>
        {lines.map((line) => (
          <div key={line}>
            <div style={{ height: `${heightOf(line)}em` }} />
          </div>
        ))}
      </div>
      <ul className={classes.values}>
        {Object.entries(symbols).map(([name]) => (
          <li key={name} className={classes.value} style={{ width: '3.5rem' }}>
            &nbsp;
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Of a line as KaTeX sets it, which is 1.05 times as large as the text around it (global.css). */
export function heightOf(line: string): number {
  const own = line.includes('\\sum') ? 2.5 : line.includes('\\frac') ? 2.3 : 1.2;
  return 1.05 * own;
}
