/** Where values of a setting stand, and how they are written. */
export interface SettingAxis {
  place: (value: number) => number;
  /** Values that occur, ascending. */
  values: number[];
  isLog: boolean;
}

/** From here on the ratio of the largest to the smallest value asks for equal ratios instead of equal steps. */
const WIDE = 8;

/** A linear axis, or a logarithmic one where values span a wide range; 0 then stands one step below the least. */
export function settingAxis(all: readonly number[]): SettingAxis {
  const values = [...new Set(all)].sort((a, b) => a - b);
  const positive = values.filter((v) => v > 0);
  const least = positive[0] ?? 1;
  const isLog = values[0]! >= 0 && positive.length > 2 && positive.at(-1)! / least >= WIDE;
  const place = (value: number) => (!isLog ? value : value > 0 ? Math.log2(value) : Math.log2(least) - 1);
  return { place, values, isLog };
}
