import { roundUp4 } from '../kernels';
import type { On } from './args';
import type { Device } from './device';
import type { ProgramSpec } from './programs';

export const TOKEN_LOG_PROB_BACKWARD: ProgramSpec = {
  name: 'tokenLogProbBackward',
  inputs: ['logits', 'labels', 'entropy', 'logSum', 'dLogProbs', 'dEntropy'],
  ints: ['V'],
  body: `
void run(int t) {
  int v4 = (V + 3) / 4;
  int row = t / v4;
  ivec4 column = 4 * (t - row * v4) + ivec4(0, 1, 2, 3);
  int at = row >> 2;
  int lane = row & 3;
  float g = dLogProbs(at)[lane];
  float gh = dEntropy(at)[lane];
  vec4 logP = logits(t) - logSum(at)[lane];
  bvec4 inside = lessThan(column, ivec4(V));
  logP = mix(vec4(0.0), logP, inside);
  vec4 slope = exp(logP) * (-g - gh * entropy(at)[lane] - gh * logP);
  slope += g * vec4(equal(column, ivec4(int(labels(at)[lane]))));
  out0 = mix(vec4(0.0), slope, inside);
}`,
};

/**
 * In place, logits[rows, V4] become their gradient:
 * dlogit_j = dLogProb · (1[j = label] − p_j) − dEntropy · p_j (log p_j + H); padding columns become 0.
 */
export function tokenLogProbBackward(
  device: Device,
  { logits, labels, entropy, logSum, dLogProbs, dEntropy, rows, vocabulary }: On<'tokenLogProbBackward'>,
): void {
  const inputs = [logits, labels, entropy, logSum, dLogProbs, dEntropy];
  device.draw(TOKEN_LOG_PROB_BACKWARD, inputs, [vocabulary], [logits], (rows * roundUp4(vocabulary)) / 4);
}
