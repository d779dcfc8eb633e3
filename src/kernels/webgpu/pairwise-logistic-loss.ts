import type { On } from './args';
import type { Context } from './context';
import { LOSS_MATHS, LOSS_THREADS, reportOr } from './loss-maths';
import type { Program } from './programs';

const program: Program = {
  name: 'pairwiseLogisticLoss',
  uniforms: { pairs: 'u32' },
  reads: { scores: 'f32' },
  writes: { dScores: 'f32', report: 'f32' },
  code: /* wgsl */ `
${LOSS_MATHS}
const THREADS = ${LOSS_THREADS}u;
var<workgroup> ends: array<vec2f, ${LOSS_THREADS}>;
@compute @workgroup_size(${LOSS_THREADS})
fn main(@builtin(local_invocation_index) id: u32) {
  let count = f32(u.pairs);
  var sums = vec4f(0.0); // loss, won, margin, Σ scores
  var span = vec2f(scores[0]);
  for (var i = id; i < u.pairs; i += THREADS) {
    let first = scores[i];
    let second = scores[u.pairs + i];
    let at = softplus(second - first);
    let won = select(0.0, 0.5, first > second) + select(0.0, 0.5, first >= second);
    sums += vec4f(at.x, won, first - second, first + second);
    span = vec2f(smaller(smaller(span.x, first), second), larger(larger(span.y, first), second));
    dScores[i] = -at.y / count;
    dScores[u.pairs + i] = at.y / count;
  }
  sums = groupSum(id, sums) / count;
  ends[id] = span;
  workgroupBarrier();
  if (id != 0u) { return; }
  for (var i = 1u; i < THREADS; i++) { span = vec2f(smaller(span.x, ends[i].x), larger(span.y, ends[i].y)); }
  report[0] = sums.x;
  report[1] = sums.y;
  report[2] = sums.z;
  report[3] = span.x;
  report[4] = 0.5 * sums.w;
  report[5] = span.y;
}
`,
};

/** Bradley–Terry loss of pairs of scores, in one workgroup. */
export function pairwiseLogisticLoss(
  context: Context,
  { scores, pairs, dScores, report }: On<'pairwiseLogisticLoss'>,
): void {
  context.run(program, [scores, dScores, reportOr(context, report)], [pairs], 1);
}
