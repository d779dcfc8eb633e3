import { writeFormula, type StageFormula } from '../contract/formula';

/** The settings that shape the formula. */
interface PpoTerms {
  clipRange: number | null;
  valueModel: 'shared' | 'separate' | 'none';
  valueCoef: number;
  entropyCoef: number;
  pretrainCoef: number;
}

/** PPO's loss, the reward of a token and the advantage; terms that are switched off are left out. */
export const ppoFormula = (s: PpoTerms): StageFormula =>
  writeFormula('loss', (symbol, update) => {
    const clip = () => symbol('clipRange', '\\varepsilon');
    const lines = [
      s.clipRange === null
        ? '\\mathcal L=-\\,\\mathbb E\\big[\\rho_t A_t\\big]'
        : `\\mathcal L=-\\,\\mathbb E\\big[\\min\\big(\\rho_t A_t,\\ \\mathrm{clip}(\\rho_t,1-${clip()},1+${clip()})A_t\\big)\\big]`,
    ];
    const extra: string[] = [];
    if (s.valueModel === 'shared' && s.valueCoef !== 0)
      extra.push(`+\\,${symbol('valueCoef', 'c_v')}\\,\\tfrac12\\mathbb E[(V_t-R_t)^2]`);
    if (s.entropyCoef !== 0) extra.push(`-\\,${symbol('entropyCoef', 'c_H')}\\,\\mathbb E[H_t]`);
    if (s.pretrainCoef !== 0)
      extra.push(`+\\,${symbol('pretrainCoef', 'c_{\\mathrm{ptx}}')}\\,\\mathcal L_{\\mathrm{web}}`);
    if (extra.length) lines.push(`\\phantom{\\mathcal L=}${extra.join('')}`);
    lines.push(
      `r_t=-${symbol('klCoef', '\\beta')}\\log\\frac{\\pi_{\\mathrm{old}}(y_t)}{\\pi_{\\mathrm{ref}}(y_t)}+[t=T]\\,r_\\phi(x,y)`,
    );
    const gamma = symbol('gamma', '\\gamma');
    const lambda = symbol('gaeLambda', '\\lambda');
    lines.push(
      s.valueModel === 'none'
        ? `A_t=\\sum_{k\\ge0}(${gamma}${lambda})^k\\,r_{t+k}`
        : `A_t=\\sum_{k\\ge0}(${gamma}${lambda})^k\\,(r_{t+k}+${gamma}V_{t+k+1}-V_{t+k})`,
      update(),
    );
    return lines;
  });
