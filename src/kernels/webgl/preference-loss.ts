import { PREFERENCE_FORMS } from '../losses';
import type { On } from './args';
import type { Device } from './device';
import { LOSS_MATHS } from './loss-maths';
import { texels } from './memory';
import type { ProgramSpec } from './programs';

/** Of each pair: (loss, slope, rewards of both) and Σ log π, Σ log π_ref of the chosen, then of the rejected. */
const PAIRS: ProgramSpec = {
  name: 'preferenceLoss pairs',
  inputs: ['logProbs', 'reference', 'offsets'],
  ints: ['PAIRS', 'FORM', 'FREE'],
  floats: ['BETA', 'SMOOTHING', 'GOAL'],
  outputs: 2,
  body: `${LOSS_MATHS}
int offsetOf(int row) { return int(offsets(row >> 2)[row & 3]); }
vec3 rowSums(int row) {
  vec3 sums = vec3(0.0);
  int end = offsetOf(row + 1);
  for (int i = offsetOf(row); i < end; i++) {
    float x = logProbs(i >> 2)[i & 3];
    float r = reference(i >> 2)[i & 3];
    sums += vec3(x, r, x - r);
  }
  return sums;
}
vec2 lossAt(float h) {
  if (FORM == 1) {
    float off = h - GOAL;
    return vec2(off * off, 2.0 * off);
  }
  float scaled = BETA * h;
  if (FORM == 2) {
    float left = 1.0 - scaled;
    if (isNan(left)) return vec2(left);
    return left > 0.0 ? vec2(left, -BETA) : vec2(0.0);
  }
  vec2 right = softplus(-scaled);
  vec2 wrong = softplus(scaled);
  float kept = 1.0 - SMOOTHING;
  return vec2(kept * right.x + SMOOTHING * wrong.x, BETA * (SMOOTHING * wrong.y - kept * right.y));
}
void run(int t) {
  vec3 chosen = rowSums(t);
  vec3 rejected = rowSums(PAIRS + t);
  vec2 at = lossAt(FREE != 0 ? chosen.x - rejected.x : chosen.z - rejected.z);
  out0 = vec4(at.x, at.y / float(PAIRS), BETA * chosen.z, BETA * rejected.z);
  out1 = vec4(chosen.xy, rejected.xy);
}`,
};

const TOKENS: ProgramSpec = {
  name: 'preferenceLoss tokens',
  inputs: ['pairs', 'rowOf'],
  ints: ['PAIRS'],
  floats: ['HELD'],
  body: `
void run(int t) {
  vec4 slopes;
  for (int lane = 0; lane < 4; lane++) {
    int row = int(rowOf(t)[lane]);
    slopes[lane] = row < PAIRS ? pairs(row).y - HELD : -pairs(row - PAIRS).y;
  }
  out0 = slopes;
}`,
};

const REPORT: ProgramSpec = {
  name: 'preferenceLoss report',
  inputs: ['first', 'second'],
  ints: ['PAIRS'],
  floats: ['HELD'],
  body: `
void run(int t) {
  vec4 a = vec4(0.0);
  vec4 b = vec4(0.0);
  float margin = 0.0;
  float won = 0.0;
  for (int i = 0; i < PAIRS; i++) {
    vec4 x = first(i);
    a += x;
    b += second(i);
    margin += x.z - x.w;
    won += (x.z > x.w ? 0.5 : 0.0) + (x.z >= x.w ? 0.5 : 0.0);
  }
  float count = float(PAIRS);
  float loss = a.x / count;
  if (HELD > 0.0) loss -= HELD * b.x;
  if (t == 0) out0 = vec4(loss, vec3(a.zw, margin) / count);
  else if (t == 1) out0 = vec4(won, b.xzy) / count;
  else out0 = vec4(b.w / count, 0.0, 0.0, 0.0);
}`,
};

/** Losses on margins of pairs of rows: a draw for the pairs, one for the tokens, a third for a report. */
export function preferenceLoss(device: Device, args: On<'preferenceLoss'>): void {
  const { tokens, pairs, chosenTokens, form, referenceFree, beta, labelSmoothing, sftCoef } = args;
  const { logProbs, reference, offsets, rowOf, dLogProbs, report } = args;
  const held = sftCoef > 0 ? [chosenTokens > 0 ? sftCoef / chosenTokens : NaN] : [0];
  device.memory.frame(() => {
    const [first, second] = [device.memory.temporary(4 * pairs), device.memory.temporary(4 * pairs)];
    device.draw(
      PAIRS,
      [logProbs, reference, offsets],
      [pairs, PREFERENCE_FORMS[form], Number(referenceFree)],
      [first, second],
      pairs,
      [beta, labelSmoothing, 1 / (2 * beta)],
    );
    device.draw(TOKENS, [first, rowOf], [pairs], [dLogProbs], texels(tokens), held);
    if (report) device.draw(REPORT, [first, second], [pairs], [report], 3, held);
  });
}
