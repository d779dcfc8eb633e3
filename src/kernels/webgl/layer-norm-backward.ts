import { splitRows, SUM_SPLITS } from './column-sums';
import type { On } from './args';
import type { Device } from './device';
import { SUM } from './glsl';
import type { ProgramSpec } from './programs';

export const LAYER_NORM_BACKWARD: ProgramSpec = {
  name: 'layerNormBackward',
  inputs: ['dy', 'x', 'stats', 'weight', 'residual'],
  ints: ['D4', 'HAS_RESIDUAL'],
  body: `${SUM}
void run(int t) {
  int row = t / D4;
  int first = row * D4;
  vec4 s = stats(first);
  float total = 0.0;
  float along = 0.0;
  for (int i = 0; i < D4; i++) {
    vec4 g = dy(first + i) * weight(i);
    total += sum(g);
    along += dot(g, (x(first + i) - s.x) * s.y);
  }
  float scale = 1.0 / float(4 * D4);
  vec4 normal = (x(t) - s.x) * s.y;
  out0 = (dy(t) * weight(t - first) - total * scale - normal * (along * scale)) * s.y;
  if (HAS_RESIDUAL == 1) out0 += residual(t);
}`,
};

export const LAYER_NORM_BACKWARD_WEIGHT: ProgramSpec = {
  name: 'layerNormBackwardWeight',
  inputs: ['dy', 'x', 'stats'],
  ints: ['D4', 'ROWS', 'BLOCK'],
  outputs: 2,
  body: `
void run(int t) {
  int split = t / D4;
  int c = t - split * D4;
  int end = min((split + 1) * BLOCK, ROWS);
  vec4 weights = vec4(0.0);
  vec4 biases = vec4(0.0);
  for (int row = split * BLOCK; row < end; row++) {
    int at = row * D4 + c;
    vec4 s = stats(at);
    vec4 g = dy(at);
    weights += g * ((x(at) - s.x) * s.y);
    biases += g;
  }
  out0 = weights;
  out1 = biases;
}`,
};

/**
 * dx[n, d] = rstd · (g − mean(g) − x̂ · mean(g ∘ x̂)) (+ residual), g = dy ∘ weight, x̂ = (x − mean) · rstd;
 * dWeight[d] += Σ dy ∘ x̂, dBias[d] += Σ dy, each in two stages.
 */
export function layerNormBackward(
  device: Device,
  { dy, x, stats, weight, residual, dx, dWeight, dBias, rows: n, width: d }: On<'layerNormBackward'>,
): void {
  const d4 = d / 4;
  const { memory } = device;
  memory.frame(() => {
    const { splits, block } = splitRows(n, d4);
    const [weights, biases] = [memory.temporary(splits * d), memory.temporary(splits * d)];
    device.draw(LAYER_NORM_BACKWARD_WEIGHT, [dy, x, stats], [d4, n, block], [weights, biases], splits * d4);
    device.accumulateSegments(SUM_SPLITS, [weights, biases], [splits, d4], dWeight, dBias);
  });
  device.draw(
    LAYER_NORM_BACKWARD,
    [dy, x, stats, weight, residual ?? null],
    [d4, residual ? 1 : 0],
    [dx],
    n * d4,
  );
}
