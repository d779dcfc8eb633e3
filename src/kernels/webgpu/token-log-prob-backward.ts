import type { On } from './args';
import type { Context } from './context';
import type { Program } from './programs';

const program: Program = {
  name: 'tokenLogProbBackward',
  uniforms: { v: 'u32', stride: 'u32' },
  reads: { labels: 'i32', entropy: 'f32', logSum: 'f32', dLogProbs: 'f32', dEntropy: 'f32' },
  writes: { logits: 'f32' },
  code: /* wgsl */ `
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) id: u32) {
  let row = group.x;
  let label = u32(labels[row]);
  let dLog = dLogProbs[row];
  let dH = dEntropy[row];
  for (var j = id; j < u.stride; j += 64u) {
    let at = row * u.stride + j;
    var gradient = 0.0;
    if (j < u.v) {
      let logP = max(logits[at] - logSum[row], -87.0);
      let p = exp(logP);
      gradient = dLog * (select(0.0, 1.0, j == label) - p) - dH * p * (logP + entropy[row]);
    }
    logits[at] = gradient;
  }
}
`,
};

/** In place, logits become dLogProb · (1[j = label] − p_j) − dEntropy · p_j (log p_j + H); padding becomes 0. */
export function tokenLogProbBackward(
  context: Context,
  { logits, labels, entropy, logSum, dLogProbs, dEntropy, rows, vocabulary }: On<'tokenLogProbBackward'>,
): void {
  const stride = Math.ceil(vocabulary / 4) * 4;
  context.run(program, [labels, entropy, logSum, dLogProbs, dEntropy, logits], [vocabulary, stride], rows);
}
