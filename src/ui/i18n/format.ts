import { i18n } from './index';

/** Minus sign, not a hyphen: it is as wide as a digit. */
const minus = (text: string): string => text.replace('-', '−');

/** 0.6931 → 0.69; −0.004 → 0.00: what rounds to zero has no sign; others always have one if `signed`. */
export function fixed(value: number, digits = 2, signed = false): string {
  if (!Number.isFinite(value)) return '–';
  const text = value.toFixed(digits);
  if (Number(text) === 0) return text.replace('-', '');
  return signed && value > 0 ? `+${text}` : minus(text);
}

export const percent = (share: number, digits = 0): string =>
  Number.isFinite(share) ? `${(100 * share).toFixed(digits)} %` : '–';

/** 14321 → 14k */
export function compact(value: number): string {
  if (value >= 1e6) return `${(value / 1e6).toFixed(value >= 1e7 ? 0 : 1)}M`;
  if (value >= 1e3) return `${(value / 1e3).toFixed(value >= 1e4 ? 0 : 1)}k`;
  return minus(String(Math.round(value)));
}

/** A number as short as it can be without hiding what it is: 0.0003, 1.25, 1200. */
export function brief(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e5) return compact(value);
  if (size < 1e-4) return minus(value.toExponential(1).replace('e-', 'e−'));
  return minus(String(Number(value.toPrecision(size >= 100 ? 4 : 3))));
}

/** 75 → 1 min 15 s, in the language of the page. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60].map(String) as [
    string,
    string,
    string,
  ];
  if (whole < 60) return i18n.t('time.seconds', { s });
  if (whole < 3600)
    return s === '0' ? i18n.t('time.minutes', { m }) : i18n.t('time.minutesSeconds', { m, s });
  return i18n.t('time.hours', { h, m });
}

const HAN = '[\\u4e00-\\u9fff]';
const LATIN = '[A-Za-z0-9]';
const TOUCHING = new RegExp(`(?<=${HAN})(?=${LATIN})|(?<=${LATIN}|%)(?=${HAN})`, 'g');

/** A space where Chinese meets Latin letters or digits, as names in a sentence do: 训练PPO和DPO → 训练 PPO 和 DPO. */
export const spaced = (text: string): string => text.replace(TOUCHING, ' ');
