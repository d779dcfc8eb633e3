import { exp4 } from './exp';
import { firstLanes } from './lanes';

/**
 * In place, logits → gradient: dlogit_j = dLogProb · (1[j = label] − p_j) − dEntropy · p_j (log p_j + H).
 * Padding columns become zero.
 */
export function tokenLogProbBackward(
  logits: usize, labels: usize, entropy: usize, logSum: usize, dLogProbs: usize, dEntropy: usize,
  rows: i32, v: i32,
): void {
  const rowBytes = <usize>((v + 3) & ~3) << 2;
  const inside = firstLanes(((v - 1) & 3) + 1); // of the last vector of a row
  for (let r = 0; r < rows; r++) {
    const i = <usize>r << 2;
    const shift = v128.load32_splat(logSum + i);
    const gh = v128.load32_splat(dEntropy + i);
    // −dLogProb − dEntropy · H
    const constant = f32x4.neg(
      f32x4.add(v128.load32_splat(dLogProbs + i), f32x4.mul(gh, v128.load32_splat(entropy + i))),
    );
    const end = logits + rowBytes;
    for (let at = logits; at < end; at += 16) {
      const logP = f32x4.sub(v128.load(at), shift);
      v128.store(at, f32x4.mul(exp4(logP), f32x4.sub(constant, f32x4.mul(gh, logP))));
    }
    v128.store(end - 16, v128.and(v128.load(end - 16), inside));
    const label = logits + (<usize>load<i32>(labels + i) << 2);
    store<f32>(label, load<f32>(label) + load<f32>(dLogProbs + i));
    logits = end;
  }
}
