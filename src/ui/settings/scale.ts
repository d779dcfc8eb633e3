import { numberOf, type SettingField } from '../../pipeline/contract/settings';

/** Maps a number setting to slider positions 0…POSITIONS and back. */
export interface SliderScale {
  positionOf(value: number): number;
  valueAt(position: number): number;
  /** Positions of the typical range. */
  typical: readonly [number, number];
}

export const POSITIONS = 100;

/**
 * The slider of a field, around its typical range: logarithmic where that spans a factor of four or more, else
 * linear. If zero is allowed it is the leftmost position, logarithmic or not. Null for fields that cannot slide.
 */
export function sliderScale({ kind, info }: Pick<SettingField, 'kind' | 'info'>): SliderScale | null {
  if ((kind.type !== 'number' && kind.type !== 'integer') || !info.typical) return null;
  const [low, high] = info.typical;
  if (!(high > low)) return null;
  const whole = kind.type === 'integer';
  const tidy = (value: number) =>
    clamp(whole ? Math.round(value) : Number(value.toPrecision(2)), kind.min, kind.max);
  const isLog = low > 0 && high / low >= 4;
  const hasZero = isLog && kind.min === 0;
  const floor = isLog
    ? Math.max(low / 10, hasZero ? 0 : kind.min)
    : kind.min > -Infinity
      ? Math.max(kind.min, low - (high - low))
      : low;
  const ceiling = Math.min(kind.max, isLog ? high * 10 : high + (high - low));
  const share = isLog
    ? (value: number) => Math.log(value / floor) / Math.log(ceiling / floor)
    : (value: number) => (value - floor) / (ceiling - floor);
  const positionOf = (value: number) =>
    isLog && value < floor ? 0 : clamp(Math.round(POSITIONS * share(value)), 0, POSITIONS);
  return {
    positionOf,
    valueAt(position) {
      if (position <= 0) return hasZero ? 0 : tidy(floor);
      const at = position / POSITIONS;
      return tidy(isLog ? floor * (ceiling / floor) ** at : floor + at * (ceiling - floor));
    },
    typical: [positionOf(low), positionOf(high)],
  };
}

const clamp = (x: number, low: number, high: number): number => Math.min(high, Math.max(low, x));

/** The value a typed text stands for; text that is no number is kept, so that it can be named as wrong. */
export function typedValue(text: string): unknown {
  const plain = text.trim().replace('−', '-').replace(',', '.');
  return numberOf(plain) ?? text;
}
