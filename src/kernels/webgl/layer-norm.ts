import type { Device } from './device';
import { NORM_STATS } from './glsl';
import type { GlBuffer } from './memory';
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
  x: GlBuffer,
  weight: GlBuffer,
  bias: GlBuffer,
  out: GlBuffer,
  stats: GlBuffer,
  n: number,
  d: number,
): void {
  const count = (n * d) / 4;
  if (count === 0) return;
  if (out.start !== 0 || stats.start !== 0) throw new RangeError('layerNorm writes whole buffers');
  device.reserve(stats, count);
  device.draw(LAYER_NORM, [x, weight, bias], [d / 4], [out, stats], count);
}
