import type { On } from './args';
import type { Context } from './context';
import { memoised } from './context';
import { groupReduce } from './group-reduce';
import type { Program } from './programs';

const program = memoised((subgroups: boolean): Program => ({
  name: 'tokenLogProb',
  subgroups,
  uniforms: { v: 'u32', stride: 'u32' },
  reads: { logits: 'f32', labels: 'i32' },
  writes: { logProbs: 'f32', entropy: 'f32', logSum: 'f32' },
  code: /* wgsl */ `
${groupReduce(subgroups)}
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) id: u32) {
  let row = group.x;
  let base = row * u.stride;
  var largest = -3.0e38;
  for (var j = id; j < u.v; j += 64u) { largest = max(largest, logits[base + j]); }
  let top = groupMax(id, largest);
  var sums = vec2f(0.0); // Σ e, Σ e · x
  for (var j = id; j < u.v; j += 64u) {
    let x = max(logits[base + j] - top, -87.0);
    let e = exp(x);
    sums += vec2f(e, e * x);
  }
  sums = groupSum(id, sums);
  if (id != 0u) { return; }
  let logTotal = log(sums.x);
  logProbs[row] = logits[base + u32(labels[row])] - top - logTotal;
  entropy[row] = logTotal - sums.y / sums.x;
  logSum[row] = top + logTotal;
}
`,
}));

/** logProbs[R] of the labels, entropy[R] and logSum[R] = log Σ exp from logits[R, V4]. */
export function tokenLogProb(
  context: Context,
  { logits, labels, logProbs, entropy, logSum, rows, vocabulary }: On<'tokenLogProb'>,
): void {
  const stride = Math.ceil(vocabulary / 4) * 4;
  context.run(
    program(context.subgroups),
    [logits, labels, logProbs, entropy, logSum],
    [vocabulary, stride],
    rows,
  );
}
