import type { On } from './args';
import type { Device } from './device';
import { LAYER_NORM_EPSILON } from '../kernels';
import { EMBEDDED_ROWS } from './embedding';
import { NORM_STATS, SUM } from './glsl';
import { PRODUCT_ROWS } from './product-rows';
import type { ProgramSpec } from './programs';
import type { RowSource } from './row-source';
import { GATHERED_ROWS } from './rows';

export const LAYER_NORM: ProgramSpec = {
  name: 'layerNorm',
  inputs: ['x', 'weight', 'bias'],
  ints: ['D4'],
  outputs: 2,
  body: `${NORM_STATS}
void run(int t) {
  int row = t / D4;
  int first = row * D4;
  float mean, rstd;
  normStats(first, D4, mean, rstd);
  int c = t - first;
  out0 = (x(t) - mean) * rstd * weight(c) + bias(c);
  out1 = vec4(mean, rstd, 0.0, 0.0);
}`,
};

/** The rows themselves, and their layer norm. */
const normed = ({ name, inputs, ints, body }: RowSource): ProgramSpec => ({
  name: `layerNorm of ${name}`,
  inputs: [...inputs, 'normWeight', 'normBias'],
  ints: ['D4', ...ints],
  outputs: 3,
  body: `${SUM}${body}
void run(int t) {
  int row = t / D4;
  int c = t - row * D4;
  float total = 0.0;
  for (int i = 0; i < D4; i++) total += sum(value(row, i));
  float mean = total / float(4 * D4);
  float squares = 0.0;
  for (int i = 0; i < D4; i++) {
    vec4 v = value(row, i) - mean;
    squares += dot(v, v);
  }
  float rstd = 1.0 / sqrt(squares / float(4 * D4) + ${LAYER_NORM_EPSILON});
  vec4 own = value(row, c);
  out0 = own;
  out1 = (own - mean) * rstd * normWeight(c) + normBias(c);
  out2 = vec4(mean, rstd, 0.0, 0.0);
}`,
});

const NORMED = new Map([EMBEDDED_ROWS, GATHERED_ROWS, PRODUCT_ROWS].map((rows) => [rows, normed(rows)]));

export const NORMED_PROGRAMS = [...NORMED.values()];

/**
 * out[n, d] = (x − mean) · rstd · weight + bias (Ba et al. 2016). `stats` gets (mean, rstd) once per texel
 * of the row: repeating them is free, and backward then reads one texel. What gives x is drawn with it, if it comes
 * just before.
 */
export function layerNorm(
  device: Device,
  { x, weight, bias, out, stats, rows, width }: On<'layerNorm'>,
): void {
  const count = (rows * width) / 4;
  if (count === 0) return;
  if (out.start !== 0 || stats.start !== 0) throw new RangeError('layerNorm writes whole buffers');
  device.reserve(stats, count);
  const outputs = [x, out, stats];
  const before = device.takeOver(
    ({ rows }) =>
      rows?.out.root === x.root &&
      rows.width === width &&
      !rows.inputs.some((input) => outputs.some(({ root }) => root === input?.root)) &&
      device.alike(outputs),
  );
  if (before?.rows) {
    const { source, inputs, ints } = before.rows;
    device.draw(NORMED.get(source)!, [...inputs, weight, bias], [width / 4, ...ints], outputs, count);
    device.release(before);
  } else device.draw(LAYER_NORM, [x, weight, bias], [width / 4], [out, stats], count);
}
