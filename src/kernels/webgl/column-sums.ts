import type { ProgramSpec } from './programs';

/** Sums of partial sums [splits, width] of two gradients: the second stage of reductions over rows. */
export const SUM_SPLITS: ProgramSpec = {
  name: 'sumSplits',
  inputs: ['first', 'second'],
  ints: ['SPLITS', 'WIDTH4'],
  segments: true,
  body: `
void run(int t, int segment) {
  vec4 s = vec4(0.0);
  if (segment == 0) for (int i = 0; i < SPLITS; i++) s += first(i * WIDTH4 + t);
  else for (int i = 0; i < SPLITS; i++) s += second(i * WIDTH4 + t);
  out0 = s;
}`,
};

/** Cuts `rows` into blocks for a first stage: enough of them to keep a GPU busy, none tiny. */
export function splitRows(rows: number, width: number): { splits: number; block: number } {
  const wanted = Math.max(1, Math.min(Math.ceil(rows / 16), Math.ceil(32768 / width), 256));
  const block = Math.max(1, Math.ceil(rows / wanted));
  return { splits: Math.max(1, Math.ceil(rows / block)), block };
}
