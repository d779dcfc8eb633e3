import { writeFormula, type StageFormula } from '../contract/formula';

/** The settings that shape the formula. */
interface DpoTerms {
  lossType: 'sigmoid' | 'ipo' | 'hinge';
  labelSmoothing: number;
  sftCoef: number;
  referenceFree: boolean;
}

/** DPO's loss by its type, with the SFT term where there is one, and the margin h. */
export const dpoFormula = (s: DpoTerms): StageFormula =>
  writeFormula('loss', (symbol, update) => {
    const beta = symbol('beta', '\\beta');
    const lines: string[] = [];
    const sftTerm = () => `-${symbol('sftCoef', 'c_{\\mathrm{SFT}}')}\\log\\pi_\\theta(y_w)`;
    const withSft = s.sftCoef !== 0;
    switch (s.lossType) {
      case 'ipo':
        lines.push(
          `\\mathcal L=\\mathbb E\\Big[\\big(h-\\tfrac{1}{2${beta}}\\big)^2${withSft ? sftTerm() : ''}\\Big]`,
        );
        break;
      case 'hinge':
        lines.push(`\\mathcal L=\\mathbb E\\big[\\max(0,\\,1-${beta}h)${withSft ? sftTerm() : ''}\\big]`);
        break;
      case 'sigmoid': {
        if (s.labelSmoothing !== 0) {
          const e = symbol('labelSmoothing', '\\varepsilon');
          lines.push(
            `\\mathcal L=-\\,\\mathbb E\\big[(1-${e})\\log\\sigma(${beta}h)+${e}\\log\\sigma(-${beta}h)\\big]`,
          );
        } else lines.push(`\\mathcal L=-\\,\\mathbb E\\big[\\log\\sigma(${beta}h)\\big]`);
        if (withSft) lines.push(`\\phantom{\\mathcal L=}${sftTerm()}`);
      }
    }
    lines.push(
      s.referenceFree
        ? 'h=\\log\\frac{\\pi_\\theta(y_w)}{\\pi_\\theta(y_l)}'
        : 'h=\\log\\frac{\\pi_\\theta(y_w)}{\\pi_{\\mathrm{ref}}(y_w)}-\\log\\frac{\\pi_\\theta(y_l)}{\\pi_{\\mathrm{ref}}(y_l)}',
      update(),
    );
    return lines;
  });
