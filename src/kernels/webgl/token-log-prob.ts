import { roundUp4 } from '../kernels';
import type { On } from './args';
import type { Device } from './device';
import { LOG, SUM } from './glsl';
import { texels } from './memory';
import type { ProgramSpec } from './programs';

/** Per row one texel: log-probability of the label, entropy, log Σ exp. */
export const TOKEN_LOG_PROB: ProgramSpec = {
  name: 'tokenLogProb',
  inputs: ['logits', 'labels'],
  ints: ['V'],
  body: `${LOG}${SUM}
void run(int t) {
  int v4 = (V + 3) / 4;
  int first = t * v4;
  vec4 inside = vec4(lessThan(4 * v4 - 4 + ivec4(0, 1, 2, 3), ivec4(V)));
  vec4 tail = mix(vec4(-3e38), logits(first + v4 - 1), greaterThan(inside, vec4(0.0)));
  vec4 largest = tail;
  for (int i = 0; i < v4 - 1; i++) largest = max(largest, logits(first + i));
  float top = max(max(largest.x, largest.y), max(largest.z, largest.w));
  vec4 x = mix(vec4(0.0), tail - top, greaterThan(inside, vec4(0.0)));
  vec4 e = exp(x) * inside;
  vec4 total = e;
  vec4 weighted = e * x;
  for (int i = 0; i < v4 - 1; i++) {
    x = logits(first + i) - top;
    e = exp(x);
    total += e;
    weighted += e * x;
  }
  float whole = sum(total);
  float logAll = exactLog(vec4(whole)).x;
  int label = int(labels(t >> 2)[t & 3]);
  float chosen = logits(first + (label >> 2))[label & 3];
  out0 = vec4(chosen - top - logAll, logAll - sum(weighted) / whole, top + logAll, 0.0);
}`,
};

/** Turns rows of three numbers into three buffers. */
export const SPREAD_COLUMNS: ProgramSpec = {
  name: 'spreadColumns',
  inputs: ['x'],
  outputs: 3,
  body: `
void run(int t) {
  vec4 a = x(4 * t), b = x(4 * t + 1), c = x(4 * t + 2), d = x(4 * t + 3);
  out0 = vec4(a.x, b.x, c.x, d.x);
  out1 = vec4(a.y, b.y, c.y, d.y);
  out2 = vec4(a.z, b.z, c.z, d.z);
}`,
};

/** From logits[rows, V4]: logProbs[rows] of the labels, entropy[rows], logSum[rows] = log Σ exp, in nats. */
export function tokenLogProb(
  device: Device,
  { logits, labels, logProbs, entropy, logSum, rows, vocabulary }: On<'tokenLogProb'>,
): void {
  if (rows === 0) return;
  if (logits.length < rows * roundUp4(vocabulary)) throw new RangeError('too few logits');
  device.memory.frame(() => {
    const table = device.memory.temporary(4 * roundUp4(rows));
    device.draw(TOKEN_LOG_PROB, [logits, labels], [vocabulary], [table], rows);
    device.draw(SPREAD_COLUMNS, [table], [], [logProbs, entropy, logSum], texels(rows));
  });
}
