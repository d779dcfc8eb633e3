import type { On } from './args';
import { memoised, type Context } from './context';
import { LOSS_MATHS, LOSS_THREADS, reportOr } from './loss-maths';
import type { GpuBuffer } from './memory';
import type { Program } from './programs';

/** E[x] needs the sums of all tokens, the gradients only their own numbers. Variants by the parts there are. */
const programOf = memoised((parts: 'policy' | 'value' | 'both'): Program => {
  const [policy, value] = [parts !== 'value', parts !== 'policy'];
  return {
    name: `actorCriticLoss ${parts}`,
    uniforms: {
      tokens: 'u32',
      clips: 'u32',
      low: 'f32',
      high: 'f32',
      entropyCoef: 'f32',
      clipsValue: 'u32',
      reach: 'f32',
      valueCoef: 'f32',
    },
    reads: {
      experience: 'vec4f',
      ...(policy ? { logProbs: 'f32', entropy: 'f32' } : {}),
      ...(value ? { values: 'f32' } : {}),
    },
    writes: {
      ...(policy ? { dLogProbs: 'f32', dEntropy: 'f32' } : {}),
      ...(value ? { dValues: 'f32' } : {}),
      report: 'f32',
    },
    code: /* wgsl */ `
${LOSS_MATHS}
const THREADS = ${LOSS_THREADS}u;
@compute @workgroup_size(${LOSS_THREADS})
fn main(@builtin(local_invocation_index) id: u32) {
  let count = f32(u.tokens);
  var sums = vec4f(0.0); // surrogate, held, (log ρ)², ρ
  var others = vec4f(0.0); // entropy, squared error, held
  var spread = vec4f(0.0); // (ρ − mean)²
  for (var i = id; i < u.tokens; i += THREADS) {
    let e = experience[i];
${policy ? POLICY : ''}
${value ? VALUE : ''}
  }
  sums = groupSum(id, sums) / count;
  others = groupSum(id, others) / count;
${policy ? SPREAD : ''}
  spread = groupSum(id, spread) / count;
  if (id != 0u) { return; }
  let valueLoss = 0.5 * others.y;
  report[0] = sums.x ${policy ? '- u.entropyCoef * others.x' : ''} ${value ? '+ u.valueCoef * valueLoss' : ''};
  report[1] = sums.x;
  report[2] = sums.y;
  report[3] = 0.5 * sums.z;
  report[4] = sums.w;
  report[5] = spread.x;
  report[6] = others.x;
  report[7] = valueLoss;
  report[8] = others.z;
}
`,
  };
});

const POLICY = /* wgsl */ `
    let logRatio = logProbs[i] - e.x;
    let ratio = expOf(logRatio);
    let unclipped = -e.y * ratio;
    var surrogate = unclipped;
    var slope = 1.0; // whether the ratio has a gradient
    if (u.clips != 0u) {
      let outside = ratio < u.low || ratio > u.high;
      let clipped = -e.y * select(select(ratio, u.low, ratio < u.low), u.high, ratio > u.high);
      surrogate = larger(unclipped, clipped);
      if (clipped > unclipped) {
        sums.y += 1.0;
        slope = select(1.0, 0.0, outside);
      }
    }
    sums += vec4f(surrogate, 0.0, logRatio * logRatio, ratio);
    others.x += entropy[i];
    dLogProbs[i] = (slope * -e.y / count) * ratio; // 0 · ∞ is not a number, as in the chain rule of tfjs
    dEntropy[i] = -u.entropyCoef / count;
`;

const VALUE = /* wgsl */ `
    let miss = values[i] - e.w;
    var error = miss * miss;
    var dValue = miss;
    if (u.clipsValue != 0u) {
      let moved = values[i] - e.z;
      let outside = moved < -u.reach || moved > u.reach;
      let near = e.z + select(select(moved, -u.reach, moved < -u.reach), u.reach, moved > u.reach);
      let nearMiss = near - e.w;
      let nearError = nearMiss * nearMiss;
      if (nearError > error || isNan(nearError)) {
        dValue = nearMiss * select(1.0, 0.0, outside);
        if (outside) { others.z += 1.0; }
      }
      error = larger(error, nearError);
    }
    others.y += error;
    dValues[i] = u.valueCoef / count * dValue;
`;

const SPREAD = /* wgsl */ `
  for (var i = id; i < u.tokens; i += THREADS) {
    let off = expOf(logProbs[i] - experience[i].x) - sums.w;
    spread.x += off * off;
  }
`;

/** PPO's policy loss, entropy bonus and value loss, their gradients and metrics, in one workgroup. */
export function actorCriticLoss(
  context: Context,
  { tokens, experience, policy, value, report }: On<'actorCriticLoss'>,
): void {
  const [clip, reach] = [policy?.clipRange ?? null, value?.clipRange ?? null];
  const reads = [experience, policy?.logProbs, policy?.entropy, value?.values];
  const writes = [policy?.dLogProbs, policy?.dEntropy, value?.dValues, reportOr(context, report)];
  context.run(
    programOf(policy && value ? 'both' : policy ? 'policy' : 'value'),
    [...reads, ...writes].filter((buffer): buffer is GpuBuffer => buffer !== undefined),
    [
      tokens,
      Number(clip !== null),
      1 - (clip ?? 0),
      1 + (clip ?? 0),
      policy?.entropyCoef ?? 0,
      Number(reach !== null),
      reach ?? 0,
      value?.coef ?? 0,
    ],
    1,
  );
}
