import { shareOf } from '../losses';
import type { On } from './args';
import type { Device } from './device';
import { LOSS_MATHS, LOSS_PARTS } from './loss-maths';
import { texels } from './memory';
import type { ProgramSpec } from './programs';

const FLOATS = [
  'LIKELY_SHARE',
  'UNLIKELY_SHARE',
  'LIKELIHOOD_COEF',
  'UNLIKELIHOOD_COEF',
  'LIKELY_ROWS',
  'UNLIKELY_ROWS',
] as const;

/** −log(1 − p) and its slope in log p. */
const UNLIKELIHOOD = `${LOSS_MATHS}
const float MARGIN = 1e-6;
vec2 unlikelihood(float logProb) {
  float p = expOf(logProb);
  float rest = larger(1.0 - p, MARGIN);
  float slope = 1.0 - p < MARGIN ? 0.0 : 1.0 / rest;
  return vec2(isNan(rest) ? rest : -exactLog(vec4(rest)).x, slope * p);
}
`;

const GRADIENTS: ProgramSpec = {
  name: 'likelihoodLoss',
  inputs: ['logProbs'],
  ints: ['LIKELY'],
  floats: FLOATS,
  body: `${UNLIKELIHOOD}
void run(int t) {
  vec4 slopes;
  for (int lane = 0; lane < 4; lane++)
    slopes[lane] = 4 * t + lane < LIKELY
      ? -LIKELIHOOD_COEF * LIKELY_SHARE
      : UNLIKELIHOOD_COEF * UNLIKELY_SHARE * unlikelihood(logProbs(t)[lane]).y;
  out0 = slopes;
}`,
};

const PARTS: ProgramSpec = {
  name: 'likelihoodLoss parts',
  inputs: ['logProbs'],
  ints: ['TOKENS', 'LIKELY', 'PARTS'],
  body: `${UNLIKELIHOOD}
void run(int t) {
  vec3 sums = vec3(0.0);
  for (int i = t; i < TOKENS; i += PARTS) {
    float x = logProbs(i >> 2)[i & 3];
    if (i < LIKELY) sums.x += x;
    else sums.yz += vec2(unlikelihood(x).x, x);
  }
  out0 = vec4(sums, 0.0);
}`,
};

const REPORT: ProgramSpec = {
  name: 'likelihoodLoss report',
  inputs: ['parts'],
  ints: ['PARTS'],
  floats: FLOATS,
  body: `
void run(int t) {
  vec4 sums = vec4(0.0);
  for (int i = 0; i < PARTS; i++) sums += parts(i);
  float likelihood = -sums.x * LIKELY_SHARE;
  float unlikelihood = sums.y * UNLIKELY_SHARE;
  float loss = LIKELIHOOD_COEF * likelihood + UNLIKELIHOOD_COEF * unlikelihood;
  if (t == 0) out0 = vec4(loss, likelihood, unlikelihood, sums.x * LIKELY_ROWS);
  else out0 = vec4(sums.z * UNLIKELY_ROWS, 0.0, 0.0, 0.0);
}`,
};

/** Likelihood of the first tokens and unlikelihood of the others: a draw for the gradients, two for a report. */
export function likelihoodLoss(device: Device, args: On<'likelihoodLoss'>): void {
  const { tokens, likelyTokens, rows, likelihoodCoef, unlikelihoodCoef, logProbs, dLogProbs, report } = args;
  const floats = [
    shareOf(likelyTokens, rows.likely),
    shareOf(tokens - likelyTokens, rows.unlikely),
    likelihoodCoef,
    unlikelihoodCoef,
    shareOf(rows.likely, rows.likely),
    shareOf(rows.unlikely, rows.unlikely),
  ];
  device.draw(GRADIENTS, [logProbs], [likelyTokens], [dLogProbs], texels(tokens), floats);
  if (!report) return;
  const parts = Math.min(LOSS_PARTS, tokens);
  device.memory.frame(() => {
    const sums = device.memory.temporary(4 * parts);
    device.draw(PARTS, [logProbs], [tokens, likelyTokens, parts], [sums], parts);
    device.draw(REPORT, [sums], [parts], [report], 2, floats);
  });
}
