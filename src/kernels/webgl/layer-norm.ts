import type { On } from './args';
import type { Device } from './device';
import { NORM_STATS } from './glsl';
import type { ProgramSpec } from './programs';

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

/**
 * out[n, d] = (x − mean) · rstd · weight + bias (Ba et al. 2016). `stats` gets (mean, rstd) once per texel
 * of the row: repeating them is free, and backward then reads one texel.
 */
export function layerNorm(
  device: Device,
  { x, weight, bias, out, stats, rows, width }: On<'layerNorm'>,
): void {
  const count = (rows * width) / 4;
  if (count === 0) return;
  if (out.start !== 0 || stats.start !== 0) throw new RangeError('layerNorm writes whole buffers');
  device.reserve(stats, count);
  device.draw(LAYER_NORM, [x, weight, bias], [width / 4], [out, stats], count);
}
