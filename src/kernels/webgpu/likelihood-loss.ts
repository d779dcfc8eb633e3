import { shareOf } from '../losses';
import type { On } from './args';
import type { Context } from './context';
import { LOSS_MATHS, LOSS_THREADS, reportOr } from './loss-maths';
import type { Program } from './programs';

const program: Program = {
  name: 'likelihoodLoss',
  uniforms: {
    tokens: 'u32',
    likely: 'u32',
    likelyShare: 'f32',
    unlikelyShare: 'f32',
    likelihoodCoef: 'f32',
    unlikelihoodCoef: 'f32',
    likelyRows: 'f32',
    unlikelyRows: 'f32',
  },
  reads: { logProbs: 'f32' },
  writes: { dLogProbs: 'f32', report: 'f32' },
  code: /* wgsl */ `
${LOSS_MATHS}
const THREADS = ${LOSS_THREADS}u;
const MARGIN = 1e-6;
@compute @workgroup_size(${LOSS_THREADS})
fn main(@builtin(local_invocation_index) id: u32) {
  var sums = vec4f(0.0); // Σ log p of the likely, Σ −log(1 − p) and Σ log p of the others
  for (var i = id; i < u.tokens; i += THREADS) {
    let x = logProbs[i];
    if (i < u.likely) {
      sums.x += x;
      dLogProbs[i] = -u.likelihoodCoef * u.likelyShare;
    } else {
      let p = expOf(x);
      let rest = larger(1.0 - p, MARGIN);
      let slope = select(1.0 / rest, 0.0, 1.0 - p < MARGIN);
      sums += vec4f(0.0, select(-log(rest), rest, isNan(rest)), x, 0.0);
      dLogProbs[i] = u.unlikelihoodCoef * u.unlikelyShare * slope * p;
    }
  }
  sums = groupSum(id, sums);
  if (id != 0u) { return; }
  let likelihood = -sums.x * u.likelyShare;
  let unlikelihood = sums.y * u.unlikelyShare;
  report[0] = u.likelihoodCoef * likelihood + u.unlikelihoodCoef * unlikelihood;
  report[1] = likelihood;
  report[2] = unlikelihood;
  report[3] = sums.x * u.likelyRows;
  report[4] = sums.z * u.unlikelyRows;
}
`,
};

/** Likelihood of the first tokens and unlikelihood of the others, in one workgroup. */
export function likelihoodLoss(context: Context, args: On<'likelihoodLoss'>): void {
  const { tokens, likelyTokens, rows, likelihoodCoef, unlikelihoodCoef, logProbs, dLogProbs, report } = args;
  context.run(
    program,
    [logProbs, dLogProbs, reportOr(context, report)],
    [
      tokens,
      likelyTokens,
      shareOf(likelyTokens, rows.likely),
      shareOf(tokens - likelyTokens, rows.unlikely),
      likelihoodCoef,
      unlikelihoodCoef,
      shareOf(rows.likely, rows.likely),
      shareOf(rows.unlikely, rows.unlikely),
    ],
    1,
  );
}
