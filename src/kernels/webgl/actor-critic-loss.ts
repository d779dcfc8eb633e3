import type { On } from './args';
import type { Device } from './device';
import { LOSS_MATHS, LOSS_PARTS } from './loss-maths';
import { texels, type GlBuffer } from './memory';
import type { ProgramSpec } from './programs';

const FLOATS = ['CLIPS', 'LOW', 'HIGH', 'ENTROPY_COEF', 'CLIPS_VALUE', 'REACH', 'VALUE_COEF'] as const;

/** What a token adds to the sums, and its gradients. e: log π_old, advantage, V_old, return. */
const TOKEN = `${LOSS_MATHS}
struct Policy { float surrogate; float held; float logRatio; float ratio; float slope; };
Policy policyAt(float logProb, vec4 e) {
  float logRatio = logProb - e.x;
  float ratio = expOf(logRatio);
  float unclipped = -e.y * ratio;
  Policy at = Policy(unclipped, 0.0, logRatio, ratio, -e.y * ratio);
  if (CLIPS == 0.0) return at;
  float clipped = -e.y * (ratio < LOW ? LOW : ratio > HIGH ? HIGH : ratio);
  at.surrogate = larger(unclipped, clipped);
  if (clipped > unclipped) {
    at.held = 1.0;
    if (ratio < LOW || ratio > HIGH) at.slope = (0.0 * -e.y) * ratio; // 0 · ∞ is not a number, as in tfjs's chain rule
  }
  return at;
}
struct Value { float error; float held; float slope; };
Value valueAt(float value, vec4 e) {
  float miss = value - e.w;
  Value at = Value(miss * miss, 0.0, miss);
  if (CLIPS_VALUE == 0.0) return at;
  float moved = value - e.z;
  bool outside = moved < -REACH || moved > REACH;
  float nearMiss = e.z + (moved < -REACH ? -REACH : moved > REACH ? REACH : moved) - e.w;
  float nearError = nearMiss * nearMiss;
  if (nearError > at.error || isNan(nearError)) {
    at.held = outside ? 1.0 : 0.0;
    at.slope = nearMiss * (outside ? 0.0 : 1.0);
  }
  at.error = larger(at.error, nearError);
  return at;
}
`;

const INPUTS = ['experience', 'logProbs', 'entropy', 'values'] as const;

/** The gradients of four tokens at a time. */
function gradientsOf(policy: boolean, value: boolean): ProgramSpec {
  return {
    name: 'actorCriticLoss',
    inputs: INPUTS,
    ints: ['TOKENS'],
    floats: FLOATS,
    outputs: (policy ? 2 : 0) + (value ? 1 : 0),
    body: `${TOKEN}
void run(int t) {
  float count = float(TOKENS);
  vec4 dLogProbs, dValues;
  for (int lane = 0; lane < 4; lane++) {
    vec4 e = experience(4 * t + lane);
    ${policy ? 'dLogProbs[lane] = policyAt(logProbs(t)[lane], e).slope / count;' : ''}
    ${value ? 'dValues[lane] = VALUE_COEF / count * valueAt(values(t)[lane], e).slope;' : ''}
  }
  ${policy ? 'out0 = dLogProbs; out1 = vec4(-ENTROPY_COEF / count);' : ''}
  ${value ? `out${policy ? 2 : 0} = dValues;` : ''}
}`,
  };
}

const GRADIENTS = {
  both: gradientsOf(true, true),
  policy: gradientsOf(true, false),
  value: gradientsOf(false, true),
};

/** Sums over every PARTS-th token; of the ratio also the squares about the mean of the part. */
const PARTS: ProgramSpec = {
  name: 'actorCriticLoss parts',
  inputs: INPUTS,
  ints: ['TOKENS', 'PARTS', 'POLICY', 'VALUE'],
  floats: FLOATS,
  outputs: 2,
  body: `${TOKEN}
void run(int t) {
  vec4 a = vec4(0.0);
  vec4 b = vec4(0.0);
  float count = 0.0;
  for (int i = t; i < TOKENS; i += PARTS) {
    vec4 e = experience(i);
    count += 1.0;
    if (POLICY != 0) {
      Policy p = policyAt(logProbs(i >> 2)[i & 3], e);
      a += vec4(p.surrogate, p.held, p.logRatio * p.logRatio, p.ratio);
      b.x += entropy(i >> 2)[i & 3];
    }
    if (VALUE != 0) {
      Value v = valueAt(values(i >> 2)[i & 3], e);
      b.yz += vec2(v.error, v.held);
    }
  }
  float mean = a.w / count;
  if (POLICY != 0)
    for (int i = t; i < TOKENS; i += PARTS) {
      float off = expOf(logProbs(i >> 2)[i & 3] - experience(i).x) - mean;
      b.w += off * off;
    }
  out0 = a;
  out1 = b;
}`,
};

/** The report from the parts; squares about the means of the parts become squares about the whole mean. */
const REPORT: ProgramSpec = {
  name: 'actorCriticLoss report',
  inputs: ['first', 'second'],
  ints: ['TOKENS', 'PARTS'],
  floats: FLOATS,
  body: `
void run(int t) {
  float count = float(TOKENS);
  vec4 a = vec4(0.0);
  vec4 b = vec4(0.0);
  for (int i = 0; i < PARTS; i++) {
    a += first(i);
    b += second(i);
  }
  a /= count;
  b /= count;
  float spread = 0.0;
  for (int i = 0; i < PARTS; i++) {
    float own = float((TOKENS - i + PARTS - 1) / PARTS);
    float off = first(i).w / own - a.w;
    spread += own * off * off;
  }
  float value = 0.5 * b.y;
  if (t == 0) out0 = vec4(a.x - ENTROPY_COEF * b.x + VALUE_COEF * value, a.x, a.y, 0.5 * a.z);
  else if (t == 1) out0 = vec4(a.w, b.w + spread / count, b.x, value);
  else out0 = vec4(b.z, 0.0, 0.0, 0.0);
}`,
};

/** PPO's policy loss, entropy bonus and value loss: one draw for the gradients, two more for a report. */
export function actorCriticLoss(
  device: Device,
  { tokens, experience, policy, value, report }: On<'actorCriticLoss'>,
): void {
  const [clip, reach] = [policy?.clipRange ?? null, value?.clipRange ?? null];
  const floats = [
    Number(clip !== null),
    1 - (clip ?? 0),
    1 + (clip ?? 0),
    policy?.entropyCoef ?? 0,
    Number(reach !== null),
    reach ?? 0,
    value?.coef ?? 0,
  ];
  const inputs = [experience, policy?.logProbs ?? null, policy?.entropy ?? null, value?.values ?? null];
  const outputs = [policy?.dLogProbs, policy?.dEntropy, value?.dValues];
  const spec = GRADIENTS[policy && value ? 'both' : policy ? 'policy' : 'value'];
  const given = outputs.filter((buffer): buffer is GlBuffer => buffer !== undefined);
  device.draw(spec, inputs, [tokens], given, texels(tokens), floats);
  if (!report) return;
  const parts = Math.min(LOSS_PARTS, tokens);
  device.memory.frame(() => {
    const [first, second] = [device.memory.temporary(4 * parts), device.memory.temporary(4 * parts)];
    const has = [Number(policy !== undefined), Number(value !== undefined)];
    device.draw(PARTS, inputs, [tokens, parts, ...has], [first, second], parts, floats);
    device.draw(REPORT, [first, second], [tokens, parts], [report], 3, floats);
  });
}
