import { writeFormula, type StageFormula } from '../contract/formula';
import type { GrpoSettings } from './grpo.settings';

type GrpoTerms = Pick<GrpoSettings, 'clipRange' | 'clipHigh' | 'beta' | 'scale' | 'normalisation'>;

/** Where the sum over tokens is divided. */
const MEAN = {
  grpo: (size: string) => `\\frac1${size}\\sum_i\\frac1{|y_i|}\\sum_t`,
  dapo: () => '\\frac1{\\sum_i|y_i|}\\sum_i\\sum_t',
  'dr-grpo': (size: string) => `\\frac1${size}\\sum_i\\frac1{T_{\\max}}\\sum_t`,
};

/** GRPO's loss and the advantage of an answer within its group; terms that are switched off are left out. */
export const grpoFormula = (s: GrpoTerms): StageFormula =>
  writeFormula('loss', (symbol, update) => {
    const group = symbol('groupSize', 'G');
    const sum = MEAN[s.normalisation](`{${group}}`);
    const high = () =>
      s.clipHigh === null
        ? symbol('clipRange', '\\varepsilon')
        : symbol('clipHigh', '\\varepsilon_{\\mathrm{high}}');
    const surrogate =
      s.clipRange === null
        ? '\\rho A_i'
        : `\\min\\big(\\rho A_i,\\ \\mathrm{clip}(\\rho,1-${symbol('clipRange', '\\varepsilon')},1+${high()})A_i\\big)`;
    const kl = s.beta === 0 ? '' : `-${symbol('beta', '\\beta')}\\,\\mathrm{KL}_{k_3}`;
    const lines = [`\\mathcal L=-\\,${sum}\\,\\big(J_{i,t}${kl}\\big)`, `J_{i,t}=${surrogate}`];
    lines.push(
      s.scale === 'deviation'
        ? 'A_i=\\frac{r_i-\\mathrm{mean}(r_1,\\dots,r_G)}{\\mathrm{std}(r_1,\\dots,r_G)}'
        : 'A_i=r_i-\\mathrm{mean}(r_1,\\dots,r_G)',
      update(),
    );
    return lines;
  });
