import type { On } from './args';
import type { Device } from './device';
import { LOSS_MATHS } from './loss-maths';
import { texels } from './memory';
import type { ProgramSpec } from './programs';

const GRADIENTS: ProgramSpec = {
  name: 'pairwiseLogisticLoss',
  inputs: ['scores'],
  ints: ['PAIRS'],
  body: `${LOSS_MATHS}
void run(int t) {
  vec4 slopes;
  for (int lane = 0; lane < 4; lane++) {
    int i = 4 * t + lane;
    int other = i < PAIRS ? i + PAIRS : i - PAIRS;
    float mine = scores(t)[lane];
    float theirs = scores(other >> 2)[other & 3];
    float slope = softplus(i < PAIRS ? theirs - mine : mine - theirs).y / float(PAIRS);
    slopes[lane] = i < PAIRS ? -slope : slope;
  }
  out0 = slopes;
}`,
};

const REPORT: ProgramSpec = {
  name: 'pairwiseLogisticLoss report',
  inputs: ['scores'],
  ints: ['PAIRS'],
  body: `${LOSS_MATHS}
void run(int t) {
  vec4 sums = vec4(0.0);
  vec2 span = vec2(scores(0).x);
  for (int i = 0; i < PAIRS; i++) {
    int other = i + PAIRS;
    float a = scores(i >> 2)[i & 3];
    float b = scores(other >> 2)[other & 3];
    sums += vec4(softplus(b - a).x, (a > b ? 0.5 : 0.0) + (a >= b ? 0.5 : 0.0), a - b, a + b);
    span = vec2(smaller(smaller(span.x, a), b), larger(larger(span.y, a), b));
  }
  sums /= float(PAIRS);
  out0 = t == 0 ? vec4(sums.xyz, span.x) : vec4(0.5 * sums.w, span.y, 0.0, 0.0);
}`,
};

/** Bradley–Terry loss of pairs of scores: one draw for the gradients, another for a report. */
export function pairwiseLogisticLoss(
  device: Device,
  { scores, pairs, dScores, report }: On<'pairwiseLogisticLoss'>,
): void {
  device.draw(GRADIENTS, [scores], [pairs], [dScores], texels(2 * pairs));
  if (report) device.draw(REPORT, [scores], [pairs], [report], 2);
}
