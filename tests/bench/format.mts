import type { Series } from '../../src/bench/results';

export const number = (x: number): string => {
  if (x === 0) return '0';
  if (x >= 1000) return Math.round(x).toLocaleString('en-US').replaceAll(',', ' ');
  return x >= 100 ? x.toFixed(0) : x >= 10 ? x.toFixed(1) : x >= 1 ? x.toFixed(2) : x.toPrecision(2);
};
export const figure = (x: number | null | undefined): string => (x == null ? '–' : number(x));
export const med = (s: Series | undefined): string => figure(s?.median);
export const spread = (s: Series | undefined): string => {
  if (!s) return '–';
  if (s.samples.length < 2) return number(s.median);
  return `${number(s.median)} (${number(Math.min(...s.samples))}–${number(Math.max(...s.samples))})`;
};
/** Another's time over ours, in words. */
export const faster = (ratio: number | undefined): string =>
  ratio === undefined ? '–' : ratio >= 1 ? `${number(ratio)}× faster` : `${number(1 / ratio)}× slower`;
export const megabytes = (bytes: number | null | undefined): string =>
  bytes == null ? '–' : number(bytes / 2 ** 20);

export const table = (head: string[], rows: string[][]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
