import { exp4 } from './exp';
import { firstLanes, maxLanes, sumLanes } from './lanes';
import { log4 } from './log';

/**
 * From logits[rows, v] (row stride v rounded up to 4): logProbs[r] = log softmax at labels[r],
 * entropy[r] = −Σ p log p, logSum[r] = log Σ exp(logits).
 */
export function tokenLogProb(
  logits: usize, labels: usize, logProbs: usize, entropy: usize, logSum: usize, rows: i32, v: i32,
): void {
  const rowBytes = <usize>((v + 3) & ~3) << 2;
  const inside = firstLanes(((v - 1) & 3) + 1); // of the last vector of a row
  for (let r = 0; r < rows; r++) {
    const tail = logits + rowBytes - 16;
    let largest = v128.bitselect(v128.load(tail), f32x4.splat(-f32.MAX_VALUE), inside);
    for (let at = logits; at < tail; at += 16) largest = f32x4.pmax(largest, v128.load(at));
    const shift = f32x4.splat(maxLanes(largest));
    const last = f32x4.sub(v128.load(tail), shift);
    let sum = v128.and(exp4(last), inside);
    let weighted = f32x4.mul(sum, v128.and(last, inside));
    for (let at = logits; at < tail; at += 16) {
      const x = f32x4.sub(v128.load(at), shift);
      const e = exp4(x);
      sum = f32x4.add(sum, e);
      weighted = f32x4.add(weighted, f32x4.mul(e, x));
    }
    const total = sumLanes(sum);
    const log = f32x4.extract_lane(log4(f32x4.splat(total)), 0);
    const top = f32x4.extract_lane(shift, 0);
    const i = <usize>r << 2;
    const label = <usize>load<i32>(labels + i);
    store<f32>(logProbs + i, load<f32>(logits + (label << 2)) - top - log);
    store<f32>(entropy + i, log - sumLanes(weighted) / total);
    store<f32>(logSum + i, top + log);
    logits += rowBytes;
  }
}
