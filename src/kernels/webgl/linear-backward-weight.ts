import type { On } from './args';
import type { Device } from './device';
import { texels } from './memory';
import { partialsOf } from './partials';
import type { ProgramSpec } from './programs';

/** Tiles [split, k / 4, n / 4] of 4×4 sums, one row per output; the last k of a split holds the bias. */
export const WEIGHT_TILES = {
  ints: ['DY4', 'K4', 'A4', 'ROWS', 'BLOCK', 'TILES'],
  /** Of activations `a` and gradients `dy`. */
  body: `
void weightTiles(int t) {
  int split = t / TILES;
  int tile = t - split * TILES;
  int k = tile / DY4;
  int col = tile - k * DY4;
  int end = min((split + 1) * BLOCK, ROWS);
  vec4 s0 = vec4(0.0), s1 = vec4(0.0), s2 = vec4(0.0), s3 = vec4(0.0);
  int row = split * BLOCK;
  int at = row * A4 + k;
  int from = row * DY4 + col;
  if (k == K4)
    for (; row < end; row++) {
      s0 += dy(from);
      from += DY4;
    }
  else {
    for (; row + 1 < end; row += 2) {
      vec4 v = a(at), w = a(at + A4);
      vec4 g = dy(from), h = dy(from + DY4);
      s0 += v.x * g + w.x * h;
      s1 += v.y * g + w.y * h;
      s2 += v.z * g + w.z * h;
      s3 += v.w * g + w.w * h;
      at += 2 * A4;
      from += 2 * DY4;
    }
    if (row < end) {
      vec4 v = a(at);
      vec4 g = dy(from);
      s0 += v.x * g;
      s1 += v.y * g;
      s2 += v.z * g;
      s3 += v.w * g;
    }
  }
  out0 = s0; out1 = s1; out2 = s2; out3 = s3;
}`,
};

export const LINEAR_BACKWARD_WEIGHT: ProgramSpec = {
  name: 'linearBackwardWeight',
  inputs: ['a', 'dy'],
  ints: WEIGHT_TILES.ints,
  outputs: 4,
  body: `${WEIGHT_TILES.body}
void run(int t) { weightTiles(t); }`,
};

/** Fragments of the first stage that keep a GPU busy. */
const BUSY = 32768;

/** The first stage, and what its parts are added to. */
export function weightTiles({ x, dy, dWeight, dBias, m, k, n, xStride = k }: On<'linearBackwardWeight'>) {
  const [n4, k4] = [n / 4, Math.ceil(k / 4)];
  const tiles = (k4 + (dBias ? 1 : 0)) * n4;
  const wanted = Math.max(1, Math.min(Math.ceil(m / 32), Math.round(BUSY / tiles)));
  const block = Math.ceil(m / wanted);
  const splits = Math.ceil(m / block);
  return {
    inputs: [x, dy],
    ints: [n4, k4, xStride / 4, m, block, tiles],
    count: tiles * splits,
    /** Tells where the parts begin. */
    add(device: Device, at: number): void {
      const sum = { step: tiles, splits, n4 };
      const weight = { out: dWeight, count: texels(dWeight.length), kind: 'tiles' as const, at, ...sum };
      const bias = dBias && { out: dBias, count: n4, kind: 'tileRow' as const, at: at + k4 * n4, ...sum };
      partialsOf(device).add(bias ? [weight, bias] : [weight]);
    },
  };
}

/**
 * dW[k, n] += x[m, k]ᵀ · dy[m, n]; db[n] += column sums of dy. The rows are cut into blocks whose sums are added up
 * with those of other gradients. x's rows are `xStride` apart and zero beyond k. A product of the same dy that comes
 * next is drawn with it.
 */
export function linearBackwardWeight(device: Device, args: On<'linearBackwardWeight'>): void {
  const { m, k, n, xStride = k } = args;
  if (m === 0) return;
  if (n % 4 !== 0 || xStride % 4 !== 0) throw new RangeError('widths must be multiples of 4');
  const draw = () => {
    const { inputs, ints, count, add } = weightTiles(args);
    const { at, parts } = partialsOf(device).takeTiles(count);
    device.draw(LINEAR_BACKWARD_WEIGHT, inputs, ints, parts, count);
    add(device, at);
  };
  device.putOff({ draw, weights: args });
}
