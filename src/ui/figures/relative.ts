/** Figures that are measured against what an arm starts from, so that they only compare arms with the same start. */
const RELATIVE =
  /^(winRate(@.*)?|lcWinRate|labelerWinRate.*|kl|peak\.kl|fit\.peakKl|implicitAccuracy|delta.*)$/;

export const isRelative = (figure: string): boolean => RELATIVE.test(figure);
