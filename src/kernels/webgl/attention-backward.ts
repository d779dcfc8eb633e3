import { ATTENTION_INTS, attentionInts, softmaxOf, spans } from './attention';
import type { On } from './args';
import type { Device } from './device';
import { tilesOf } from './memory';
import type { ProgramSpec } from './programs';
import { TILE_ROWS, tiled } from './row-source';

/** P and dS = P ∘ (dP − rowsum(P ∘ dP)) / √headDim, dP = dO · Vᵀ; the row sum is dO · O. */
const softmaxBackward = (tiles: boolean): ProgramSpec => ({
  name: `softmaxBackward${tiles ? ' (tiles)' : ''}`,
  inputs: ['qkv', 'spans', 'scores', 'outcome', 'softmax', ...(tiles ? TILE_ROWS : ['dOut'])],
  ints: ATTENTION_INTS,
  outputs: 2,
  body: `${tiles ? tiled('dOut') : ''}
void run(int t) {
  int query = t / KEYS4;
  int j = 4 * (t - query * KEYS4);
  int token = query / HEADS;
  int h = query - token * HEADS;
  ivec4 span = ivec4(spans(token));
  int keys = span.z - span.x;
  out0 = vec4(0.0);
  out1 = vec4(0.0);
  if (j >= keys) return;
  int at = token * D4 + h * HEAD4;
  int v = (span.x + j) * 3 * D4 + 2 * D4 + h * HEAD4;
  ivec4 steps = min(ivec4(0, 1, 2, 3), keys - 1 - j) * 3 * D4 + v;
  vec4 dp = vec4(0.0);
  float mean = 0.0;
  for (int c = 0; c < HEAD4; c++) {
    vec4 g = dOut(at + c);
    mean += dot(g, outcome(at + c));
    dp += vec4(dot(g, qkv(steps.x + c)), dot(g, qkv(steps.y + c)),
               dot(g, qkv(steps.z + c)), dot(g, qkv(steps.w + c)));
  }
  vec4 state = softmax(at);
  vec4 p = exp(scores(t) - state.x) * state.y;
  out0 = p;
  out1 = p * (dp - mean) * inversesqrt(float(4 * HEAD4));
}`,
});

/** dQ = dS · K, dK = dSᵀ · Q, dV = Pᵀ · dO. */
const inputGradients = (tiles: boolean): ProgramSpec => ({
  name: `attentionBackward${tiles ? ' (tiles)' : ''}`,
  inputs: ['qkv', 'spans', 'p', 'ds', ...(tiles ? TILE_ROWS : ['dOut'])],
  ints: ATTENTION_INTS,
  body: `${tiles ? tiled('dOut') : ''}
void run(int t) {
  int stride = 3 * D4;
  int token = t / stride;
  int part = (t - token * stride) / D4;
  int c = t - token * stride - part * D4;
  int h = c / HEAD4;
  ivec4 span = ivec4(spans(token));
  vec4 s = vec4(0.0);
  if (part == 0) {
    int keys = span.z - span.x;
    int row = (token * HEADS + h) * KEYS4;
    int k = span.x * stride + D4 + c;
    int last = (span.z - 1) * stride + D4 + c;
    for (int j = 0; 4 * j < keys; j++) {
      vec4 g = ds(row + j);
      s += g.x * qkv(k) + g.y * qkv(min(k + stride, last))
        + g.z * qkv(min(k + 2 * stride, last)) + g.w * qkv(min(k + 3 * stride, last));
      k += 4 * stride;
    }
  } else {
    int j = token - span.x;
    vec4 own = vec4(equal(ivec4(j & 3), ivec4(0, 1, 2, 3)));
    int at = (span.w * HEADS + h) * KEYS4 + (j >> 2);
    int step = HEADS * KEYS4;
    if (part == 1)
      for (int i = span.w; i < span.y; i++) {
        s += dot(own, ds(at)) * qkv(i * stride + c);
        at += step;
      }
    else
      for (int i = span.w; i < span.y; i++) {
        s += dot(own, p(at)) * dOut(i * D4 + c);
        at += step;
      }
  }
  out0 = s;
}`,
});

const DS = { whole: softmaxBackward(false), tiled: softmaxBackward(true) };
const DQKV = { whole: inputGradients(false), tiled: inputGradients(true) };

export const ATTENTION_BACKWARD_PROGRAMS = [DS.tiled, DQKV.tiled, DS.whole, DQKV.whole];

/** Gradient of `attention`: dOut[N, d] → dqkv[N, 3d], in two draws; `out` is what it gave. */
export function attentionBackward(
  device: Device,
  { qkv, rows: batch, shape, probabilities, out, dOut, dQkv }: On<'attentionBackward'>,
): void {
  const { memory } = device;
  const tokens = batch.lengths.reduce((a, b) => a + b, 0);
  if (tokens === 0) return;
  const ints = attentionInts(batch, shape);
  const [heads, , d4, keys4] = ints as [number, number, number, number];
  const span = spans(device, batch);
  const count = tokens * heads * keys4;
  device.flush();
  const tiles = tilesOf(dOut, 4 * d4);
  const [rows, kind] = tiles ? [tiles, 'tiled' as const] : [[dOut], 'whole' as const];
  memory.frame(() => {
    const [p, ds] = [memory.temporary(4 * count), memory.temporary(4 * count)];
    const inputs = [qkv, span, probabilities, out, softmaxOf(probabilities), ...rows];
    device.draw(DS[kind], inputs, ints, [p, ds], count);
    device.draw(DQKV[kind], [qkv, span, p, ds, ...rows], ints, [dQkv], tokens * 3 * d4);
  });
}
