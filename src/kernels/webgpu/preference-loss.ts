import { PREFERENCE_FORMS } from '../losses';
import type { On } from './args';
import type { Context } from './context';
import { LOSS_MATHS, LOSS_THREADS, reportOr } from './loss-maths';
import type { Program } from './programs';

const program: Program = {
  name: 'preferenceLoss',
  uniforms: {
    pairs: 'u32',
    chosenTokens: 'u32',
    form: 'u32',
    free: 'u32',
    beta: 'f32',
    smoothing: 'f32',
    goal: 'f32',
    sftCoef: 'f32',
  },
  reads: { logProbs: 'f32', reference: 'f32', offsets: 'i32' },
  writes: { dLogProbs: 'f32', slopes: 'f32', report: 'f32' },
  code: /* wgsl */ `
${LOSS_MATHS}
const THREADS = ${LOSS_THREADS}u;
/** Σ log π, Σ log π_ref and Σ of the differences (0 wherever both agree) over the tokens of a row. */
fn rowSums(row: u32) -> vec3f {
  var sums = vec3f(0.0);
  for (var i = offsets[row]; i < offsets[row + 1u]; i++) {
    let x = logProbs[i];
    let r = reference[i];
    sums += vec3f(x, r, x - r);
  }
  return sums;
}
/** Loss and slope at a margin. */
fn lossAt(h: f32) -> vec2f {
  if (u.form == 1u) {
    let off = h - u.goal;
    return vec2f(off * off, 2.0 * off);
  }
  let scaled = u.beta * h;
  if (u.form == 2u) {
    let left = 1.0 - scaled;
    if (isNan(left)) { return vec2f(left); }
    return select(vec2f(0.0), vec2f(left, -u.beta), left > 0.0);
  }
  let right = softplus(-scaled);
  let wrong = softplus(scaled);
  let kept = 1.0 - u.smoothing;
  return vec2f(kept * right.x + u.smoothing * wrong.x, u.beta * (u.smoothing * wrong.y - kept * right.y));
}
@compute @workgroup_size(${LOSS_THREADS})
fn main(@builtin(local_invocation_index) id: u32) {
  let count = f32(u.pairs);
  var first = vec4f(0.0); // loss, rewards of both, their difference
  var second = vec4f(0.0); // won, Σ log π of both, Σ log π_ref of the chosen
  var third = vec4f(0.0); // Σ log π_ref of the rejected
  for (var pair = id; pair < u.pairs; pair += THREADS) {
    let chosen = rowSums(pair);
    let rejected = rowSums(u.pairs + pair);
    let h = select(chosen.z - rejected.z, chosen.x - rejected.x, u.free != 0u);
    let at = lossAt(h);
    slopes[pair] = at.y / count;
    let rewards = u.beta * vec2f(chosen.z, rejected.z);
    let won = select(0.0, 0.5, rewards.x > rewards.y) + select(0.0, 0.5, rewards.x >= rewards.y);
    first += vec4f(at.x, rewards, rewards.x - rewards.y);
    second += vec4f(won, chosen.x, rejected.x, chosen.y);
    third.x += rejected.y;
  }
  storageBarrier();
  let held = u.sftCoef / f32(u.chosenTokens);
  for (var row = id; row < 2u * u.pairs; row += THREADS) {
    var slope = slopes[row % u.pairs];
    if (row >= u.pairs) { slope = -slope; } else if (u.sftCoef > 0.0) { slope -= held; }
    for (var i = offsets[row]; i < offsets[row + 1u]; i++) { dLogProbs[i] = slope; }
  }
  first = groupSum(id, first) / count;
  let chosenSum = groupSum(id, second);
  second = chosenSum / count;
  third = groupSum(id, third) / count;
  if (id != 0u) { return; }
  report[0] = first.x;
  if (u.sftCoef > 0.0) { report[0] = first.x - held * chosenSum.y; }
  report[1] = first.y;
  report[2] = first.z;
  report[3] = first.w;
  report[4] = second.x;
  report[5] = second.y;
  report[6] = second.z;
  report[7] = second.w;
  report[8] = third.x;
}
`,
};

/** Losses on margins of pairs of rows, in one workgroup: a thread sums a pair, then spreads the slope of a row. */
export function preferenceLoss(context: Context, args: On<'preferenceLoss'>): void {
  const { pairs, chosenTokens, form, referenceFree, beta, labelSmoothing, sftCoef } = args;
  const { logProbs, reference, offsets, dLogProbs, report } = args;
  context.run(
    program,
    [logProbs, reference, offsets, dLogProbs, context.temporary(pairs), reportOr(context, report)],
    [
      pairs,
      chosenTokens,
      PREFERENCE_FORMS[form],
      Number(referenceFree),
      beta,
      labelSmoothing,
      1 / (2 * beta),
      sftCoef,
    ],
    1,
  );
}
