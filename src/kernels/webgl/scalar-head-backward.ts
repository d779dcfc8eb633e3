import { splitRows } from './column-sums';
import type { On } from './args';
import type { Device } from './device';
import { partialsOf } from './partials';
import type { ProgramSpec } from './programs';

export const SCALAR_HEAD_BACKWARD: ProgramSpec = {
  name: 'scalarHeadBackward',
  inputs: ['dOut', 'weight'],
  ints: ['D4'],
  body: `
void run(int t) {
  int row = t / D4;
  out0 = dOut(row >> 2)[row & 3] * weight(t - row * D4);
}`,
};

export const SCALAR_HEAD_BACKWARD_WEIGHT: ProgramSpec = {
  name: 'scalarHeadBackwardWeight',
  inputs: ['dOut', 'x'],
  ints: ['D4', 'ROWS', 'BLOCK'],
  outputs: 2,
  body: `
void run(int t) {
  int split = t / D4;
  int c = t - split * D4;
  int end = min((split + 1) * BLOCK, ROWS);
  vec4 weights = vec4(0.0);
  float bias = 0.0;
  for (int row = split * BLOCK; row < end; row++) {
    float g = dOut(row >> 2)[row & 3];
    weights += g * x(row * D4 + c);
    bias += g;
  }
  out0 = weights;
  out1 = vec4(bias, 0.0, 0.0, 0.0);
}`,
};

/** dx[rows, d] += dOut ⊗ weight; dWeight[d] += Σ dOut · x; dBias[1] += Σ dOut. */
export function scalarHeadBackward(
  device: Device,
  { dOut, x, weight, dx, dWeight, dBias, rows, width: d }: On<'scalarHeadBackward'>,
): void {
  const d4 = d / 4;
  if (rows === 0) return;
  device.accumulate(SCALAR_HEAD_BACKWARD, [dOut, weight], [d4], dx, rows * d4);
  const { splits, block } = splitRows(rows, d4);
  const { at, parts } = partialsOf(device).takeRows(splits * d4);
  device.draw(SCALAR_HEAD_BACKWARD_WEIGHT, [dOut, x], [d4, rows, block], parts, splits * d4);
  const sum = { at, step: d4, splits, n4: d4 };
  partialsOf(device).add([
    { out: dWeight, count: d4, kind: 'first', ...sum },
    { out: dBias, count: 1, kind: 'second', ...sum },
  ]);
}
