import { exp4 } from './exp';
import { firstLanes, maxLanes, sumLanes } from './lanes';
import { log4 } from './log';

/**
 * From logits[rows, v] (row stride v rounded up to 4): logProbs[r] = log softmax at labels[r],
 * entropy[r] = −Σ p log p, logSum[r] = log Σ exp(logits).
 */
export function tokenLogProb(
  logits: usize,
  labels: usize,
  logProbs: usize,
  entropy: usize,
  logSum: usize,
  rows: i32,
  v: i32,
): void {
  const width = (v + 3) & ~3;
  const lowest = f32x4.splat(-f32.MAX_VALUE);
  for (let r = 0; r < rows; r++) {
    let largest = lowest;
    for (let j = 0; j < v; j += 4)
      largest = f32x4.pmax(
        largest,
        v128.bitselect(v128.load(logits + ((<usize>j) << 2)), lowest, firstLanes(v - j)),
      );
    const shift = f32x4.splat(maxLanes(largest));
    let sum = f32x4.splat(0);
    let weighted = f32x4.splat(0);
    for (let j = 0; j < v; j += 4) {
      const x = f32x4.sub(v128.load(logits + ((<usize>j) << 2)), shift);
      const e = v128.and(exp4(x), firstLanes(v - j));
      sum = f32x4.add(sum, e);
      weighted = f32x4.add(weighted, f32x4.mul(e, x));
    }
    const total = sumLanes(sum);
    const log = f32x4.extract_lane(log4(f32x4.splat(total)), 0);
    const top = f32x4.extract_lane(shift, 0);
    const at = (<usize>r) << 2;
    const label = <usize>load<i32>(labels + at);
    store<f32>(logProbs + at, load<f32>(logits + (label << 2)) - top - log);
    store<f32>(entropy + at, log - sumLanes(weighted) / total);
    store<f32>(logSum + at, top + log);
    logits += (<usize>width) << 2;
  }
}
