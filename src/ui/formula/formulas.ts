import type { Settings } from '../../pipeline/lab/config';
import type { StageName } from '../../pipeline/contract/stage';

/** The loss of a stage as LaTeX, in lines; symbols of settings are marked with the setting's name. */
export interface StageFormula {
  lines: string[];
  /** Settings whose symbols or switches shape the formula, in the order of appearance. */
  settings: string[];
}

const mark = (setting: string, tex: string): string => `\\htmlData{setting=${setting}}{${tex}}`;

/** What the stage minimises under these settings; terms that are switched off are left out. Null if it is not shown. */
export function formulaOf(stage: StageName, s: Settings): StageFormula | null {
  switch (stage) {
    case 'pretrain':
      return {
        lines: ['\\mathcal L=-\\frac1T\\sum_{t}\\log\\pi_\\theta(x_t\\mid x_{<t})', update()],
        settings: ['learningRate'],
      };
    case 'sft':
      return {
        lines: ['\\mathcal L=-\\frac1{|y|}\\sum_{t}\\log\\pi_\\theta(y_t\\mid x,y_{<t})', update()],
        settings: ['learningRate'],
      };
    case 'preferences':
      return {
        lines: [
          `P(y_1\\succ y_2)=(1-${mark('flipRate', '\\varepsilon')})\\,\\sigma(d)+${mark('flipRate', '\\varepsilon')}\\,\\sigma(-d)`,
          `d=\\frac{g(y_1)-g(y_2)}{${mark('labelTemperature', '\\tau')}}`,
        ],
        settings: ['flipRate', 'labelTemperature'],
      };
    case 'reward':
      return {
        lines: [
          '\\mathcal L=-\\,\\mathbb E\\big[\\log\\sigma\\big(r_\\phi(x,y_w)-r_\\phi(x,y_l)\\big)\\big]',
          update('\\phi'),
        ],
        settings: ['learningRate'],
      };
    case 'ppo':
      return ppoFormula(s);
    case 'dpo':
      return dpoFormula(s);
    default:
      return null;
  }
}

const update = (weights = '\\theta'): string =>
  `${weights}\\leftarrow ${weights}-${mark('learningRate', '\\eta')}\\cdot\\mathrm{AdamW}(\\nabla\\mathcal L)`;

function ppoFormula(s: Settings): StageFormula {
  const settings: string[] = [];
  const symbol = (name: string, tex: string) => {
    if (!settings.includes(name)) settings.push(name);
    return mark(name, tex);
  };
  const clip = () => symbol('clipRange', '\\varepsilon');
  const lines = [
    s['clipRange'] === null
      ? '\\mathcal L=-\\,\\mathbb E\\big[\\rho_t A_t\\big]'
      : `\\mathcal L=-\\,\\mathbb E\\big[\\min\\big(\\rho_t A_t,\\ \\mathrm{clip}(\\rho_t,1-${clip()},1+${clip()})A_t\\big)\\big]`,
  ];
  const extra: string[] = [];
  if (s['valueModel'] === 'shared' && s['valueCoef'] !== 0)
    extra.push(`+\\,${symbol('valueCoef', 'c_v')}\\,\\tfrac12\\mathbb E[(V_t-R_t)^2]`);
  if (s['entropyCoef'] !== 0) extra.push(`-\\,${symbol('entropyCoef', 'c_H')}\\,\\mathbb E[H_t]`);
  if (s['pretrainCoef'] !== 0)
    extra.push(`+\\,${symbol('pretrainCoef', 'c_{\\mathrm{ptx}}')}\\,\\mathcal L_{\\mathrm{web}}`);
  if (extra.length) lines.push(`\\phantom{\\mathcal L=}${extra.join('')}`);
  lines.push(
    `r_t=-${symbol('klCoef', '\\beta')}\\log\\frac{\\pi_{\\mathrm{old}}(y_t)}{\\pi_{\\mathrm{SFT}}(y_t)}+[t=T]\\,r_\\phi(x,y)`,
  );
  if (s['valueModel'] !== 'none')
    lines.push(
      `A_t=\\sum_{k\\ge0}(${symbol('gamma', '\\gamma')}${symbol('gaeLambda', '\\lambda')})^k\\,(r_{t+k}+${symbol('gamma', '\\gamma')}V_{t+k+1}-V_{t+k})`,
    );
  else
    lines.push(
      `A_t=\\sum_{k\\ge0}(${symbol('gamma', '\\gamma')}${symbol('gaeLambda', '\\lambda')})^k\\,r_{t+k}`,
    );
  lines.push(update());
  settings.push('learningRate');
  return { lines, settings };
}

function dpoFormula(s: Settings): StageFormula {
  const settings = ['beta'];
  const beta = mark('beta', '\\beta');
  const lines: string[] = [];
  const smooth = s['labelSmoothing'] !== 0;
  const sftTerm = s['sftCoef'] !== 0 ? `-${mark('sftCoef', 'c_{\\mathrm{SFT}}')}\\log\\pi_\\theta(y_w)` : '';
  switch (s['lossType']) {
    case 'ipo':
      lines.push(`\\mathcal L=\\mathbb E\\Big[\\big(h-\\tfrac{1}{2${beta}}\\big)^2${sftTerm}\\Big]`);
      break;
    case 'hinge':
      lines.push(`\\mathcal L=\\mathbb E\\big[\\max(0,\\,1-${beta}h)${sftTerm}\\big]`);
      break;
    default: {
      const e = mark('labelSmoothing', '\\varepsilon');
      if (smooth) settings.push('labelSmoothing');
      lines.push(
        smooth
          ? `\\mathcal L=-\\,\\mathbb E\\big[(1-${e})\\log\\sigma(${beta}h)+${e}\\log\\sigma(-${beta}h)\\big]`
          : `\\mathcal L=-\\,\\mathbb E\\big[\\log\\sigma(${beta}h)\\big]`,
      );
      if (sftTerm) lines.push(`\\phantom{\\mathcal L=}${sftTerm}`);
    }
  }
  if (sftTerm) settings.push('sftCoef');
  lines.push(
    s['referenceFree'] === true
      ? 'h=\\log\\frac{\\pi_\\theta(y_w)}{\\pi_\\theta(y_l)}'
      : 'h=\\log\\frac{\\pi_\\theta(y_w)}{\\pi_{\\mathrm{SFT}}(y_w)}-\\log\\frac{\\pi_\\theta(y_l)}{\\pi_{\\mathrm{SFT}}(y_l)}',
    update(),
  );
  settings.push('learningRate');
  return { lines, settings };
}

/** Symbols of settings that have one only in the formula. */
export const FORMULA_SYMBOLS: Readonly<Record<string, string>> = {
  labelTemperature: '\\tau',
  pretrainCoef: 'c_{\\mathrm{ptx}}',
  sftCoef: 'c_{\\mathrm{SFT}}',
};
