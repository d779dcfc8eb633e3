import { exp4 } from './exp';
import { firstLanes } from './lanes';

/**
 * In place, logits → gradient: dlogit_j = dLogProb · (1[j = label] − p_j) − dEntropy · p_j (log p_j + H).
 * Padding columns become zero.
 */
export function tokenLogProbBackward(
  logits: usize,
  labels: usize,
  entropy: usize,
  logSum: usize,
  dLogProbs: usize,
  dEntropy: usize,
  rows: i32,
  v: i32,
): void {
  const width = (v + 3) & ~3;
  for (let r = 0; r < rows; r++) {
    const at = (<usize>r) << 2;
    const shift = v128.load32_splat(logSum + at);
    const h = v128.load32_splat(entropy + at);
    const g = v128.load32_splat(dLogProbs + at);
    const gh = v128.load32_splat(dEntropy + at);
    for (let j = 0; j < v; j += 4) {
      const address = logits + ((<usize>j) << 2);
      const logP = f32x4.sub(v128.load(address), shift);
      const p = v128.and(exp4(logP), firstLanes(v - j));
      const slope = f32x4.add(g, f32x4.mul(gh, f32x4.add(logP, h)));
      v128.store(address, f32x4.neg(f32x4.mul(p, slope)));
    }
    const label = logits + ((<usize>load<i32>(labels + at)) << 2);
    store<f32>(label, load<f32>(label) + load<f32>(dLogProbs + at));
    logits += (<usize>width) << 2;
  }
}
