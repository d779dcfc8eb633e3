import { splitRows } from './column-sums';
import type { On } from './args';
import type { Device } from './device';
import { SUM } from './glsl';
import { tilesOf } from './memory';
import { partialsOf } from './partials';
import type { ProgramSpec } from './programs';
import { TILE_ROWS, tiled } from './row-source';

const inputGradient = (dy: Dy): ProgramSpec => ({
  name: `layerNormBackward${dy.name}`,
  inputs: [...dy.inputs, 'x', 'stats', 'weight', 'residual'],
  ints: ['D4', 'HAS_RESIDUAL'],
  body: `${SUM}${dy.body}
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
});

const weightGradient = (dy: Dy): ProgramSpec => ({
  name: `layerNormBackwardWeight${dy.name}`,
  inputs: [...dy.inputs, 'x', 'stats'],
  ints: ['D4', 'ROWS', 'BLOCK'],
  outputs: 2,
  body: `${dy.body}
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
});

/** dy in a buffer, or still in the tiles of the product that it is. */
interface Dy {
  name: string;
  inputs: readonly string[];
  body: string;
}
const WHOLE: Dy = { name: '', inputs: ['dy'], body: '' };
const TILED: Dy = { name: ' (tiles)', inputs: TILE_ROWS, body: tiled('dy') };

const DX = { whole: inputGradient(WHOLE), tiled: inputGradient(TILED) };
const DW = { whole: weightGradient(WHOLE), tiled: weightGradient(TILED) };

export const LAYER_NORM_BACKWARD_PROGRAMS = [DW.tiled, DX.tiled, DW.whole, DX.whole];

/**
 * dx[n, d] = rstd · (g − mean(g) − x̂ · mean(g ∘ x̂)) (+ residual), g = dy ∘ weight, x̂ = (x − mean) · rstd;
 * dWeight[d] += Σ dy ∘ x̂, dBias[d] += Σ dy, each in two stages, the second with other gradients.
 */
export function layerNormBackward(
  device: Device,
  { dy, x, stats, weight, residual, dx, dWeight, dBias, rows: n, width: d }: On<'layerNormBackward'>,
): void {
  const d4 = d / 4;
  if (n === 0) return;
  device.flush();
  const { splits, block } = splitRows(n, d4);
  const { at, parts } = partialsOf(device).takeRows(splits * d4);
  const tiles = tilesOf(dy, d);
  const [rows, kind] = tiles ? [tiles, 'tiled' as const] : [[dy], 'whole' as const];
  device.draw(DW[kind], [...rows, x, stats], [d4, n, block], parts, splits * d4);
  const sum = { at, step: d4, splits, n4: d4, count: d4 };
  partialsOf(device).add([
    { out: dWeight, kind: 'first', ...sum },
    { out: dBias, kind: 'second', ...sum },
  ]);
  device.draw(DX[kind], [...rows, x, stats, weight, residual ?? null], [d4, residual ? 1 : 0], [dx], n * d4);
}
