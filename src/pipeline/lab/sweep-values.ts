import { message, MessageError } from '../../messages';
import { numberOf, settingValue, type SettingKind } from '../contract/settings';
import { MOST } from './config';

/** Equal steps, or equal ratios. */
export const SCALES = ['linear', 'log'] as const;
export type Scale = (typeof SCALES)[number];

export interface Range {
  from: number;
  to: number;
  /** Values, both ends included. */
  count: number;
  scale: Scale;
}

/** Digits that a value between the ends keeps. */
const DIGITS = 3;

/** The values of a range, each once; ends as they are, between them rounded to three digits or to whole numbers. */
export function valuesOf({ from, to, count, scale }: Range, whole: boolean): number[] {
  const share = (i: number) => (count === 1 ? 0 : i / (count - 1));
  const at = (s: number) => (scale === 'log' ? from * (to / from) ** s : from + s * (to - from));
  const values = Array.from({ length: count }, (_, i) => {
    if (i === 0) return from;
    if (i === count - 1) return to;
    return whole ? Math.round(at(share(i))) : Number(at(share(i)).toPrecision(DIGITS));
  });
  return [...new Set(values)];
}

const isNumeric = (kind: SettingKind): boolean => kind.type === 'number' || kind.type === 'integer';

/**
 * Values as a person writes them: a list (`0.02, 0.1, 0.5`), or of a number a range of so many, in equal steps
 * (`0:1:5`) or ratios (`0.02:2:5:log`); each value once. What is no such value stays text, so that the setting itself
 * can say what is wrong with it. Throws a MessageError for a range that is none, and for no or too many values.
 */
export function parseValues(text: string, kind: SettingKind): unknown[] {
  const values =
    isNumeric(kind) && text.includes(':') ? ranged(text, kind.type === 'integer') : listed(text, kind);
  if (values.length === 0) throw new MessageError(message('value.tooShort', { min: 1, what: 'entries' }));
  if (values.length > MOST.arms)
    throw new MessageError(message('value.tooLong', { max: MOST.arms, what: 'entries' }));
  return values;
}

const listed = (text: string, kind: SettingKind): unknown[] => [
  ...new Set(
    text
      .split(/[,;，；、\s]+/)
      .filter(Boolean)
      .map((item) => settingValue(item.replace('−', '-'), kind)),
  ),
];

function ranged(text: string, whole: boolean): number[] {
  const [from, to, count, ...more] = text.split(':').map((part) => part.trim());
  const [scale = 'linear', ...tooMany] = more;
  const range = {
    from: numberOf(from!),
    to: numberOf(to!),
    count: numberOf(count ?? ''),
    scale: SCALES.find((s) => s === scale),
  };
  const isRange =
    range.from !== undefined &&
    range.to !== undefined &&
    range.scale !== undefined &&
    tooMany.length === 0 &&
    Number.isInteger(range.count) &&
    range.count! >= 2 &&
    range.count! <= MOST.arms;
  if (!isRange) throw new MessageError(message('value.pattern', { pattern: '0.02:2:5', got: text }));
  if (range.scale === 'log' && !(range.from! > 0 && range.to! > 0))
    throw new MessageError(message('sweep.log', { got: text }));
  return valuesOf(range as Range, whole);
}

/** Whether values stand better on a logarithmic axis: positive numbers whose ratios are more alike than their steps. */
export function areRatios(values: readonly unknown[]): boolean {
  const numbers = values.filter((v) => typeof v === 'number');
  if (numbers.length !== values.length || numbers.length < 3 || numbers.some((v) => v <= 0)) return false;
  const sorted = numbers.toSorted((a, b) => a - b);
  const unevenness = (of: (v: number) => number) => {
    const gaps = sorted.slice(1).map((v, i) => of(v) - of(sorted[i]!));
    return Math.max(...gaps) / Math.min(...gaps);
  };
  return unevenness(Math.log) < unevenness((v) => v);
}
