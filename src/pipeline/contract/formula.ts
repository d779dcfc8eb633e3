/** The formula of a stage as LaTeX, in lines; symbols of settings are marked with the setting's name. */
export interface StageFormula {
  /** A loss that is minimised, or a model of how labels are given. */
  says: 'loss' | 'labels';
  lines: string[];
  /** Settings whose symbols shape the formula, with the symbol, in the order of appearance. */
  symbols: Record<string, string>;
}

/** Builds a formula: `symbol` writes a setting's symbol and notes it, `update` is the line of the optimiser. */
export function writeFormula(
  says: StageFormula['says'],
  linesOf: (
    symbol: (setting: string, tex: string) => string,
    update: (weights?: string) => string,
  ) => string[],
): StageFormula {
  const symbols: Record<string, string> = {};
  const symbol = (setting: string, tex: string): string => {
    symbols[setting] = tex;
    return `\\htmlData{setting=${setting}}{${tex}}`;
  };
  const update = (weights = '\\theta'): string =>
    `${weights}\\leftarrow ${weights}-${symbol('learningRate', '\\eta')}\\cdot\\mathrm{AdamW}(\\nabla\\mathcal L)`;
  return { says, lines: linesOf(symbol, update), symbols };
}
