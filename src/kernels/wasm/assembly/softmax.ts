import { exp4 } from './exp';
import { firstLanes, maxLanes, sumLanes } from './lanes';

/** In place: row[j] = softmax over j < limit of scale · row[j]; zeros from limit to width. limit ≥ 1. */
export function softmaxRow(row: usize, limit: i32, width: i32, scale: f32): void {
  const scales = f32x4.splat(scale);
  const tail = row + (<usize>((limit - 1) & ~3) << 2); // the last vector may be partly beyond the limit
  const inside = firstLanes(((limit - 1) & 3) + 1);
  let largest = v128.bitselect(v128.load(tail), f32x4.splat(-f32.MAX_VALUE), inside);
  v128.store(tail, largest);
  for (let at = row; at < tail; at += 16) largest = f32x4.pmax(largest, v128.load(at));
  const shift = f32x4.splat(maxLanes(largest));
  let sum = f32x4.splat(0);
  for (let at = row; at < tail; at += 16) {
    const e = exp4(f32x4.mul(f32x4.sub(v128.load(at), shift), scales));
    sum = f32x4.add(sum, e);
    v128.store(at, e);
  }
  const last = v128.and(exp4(f32x4.mul(f32x4.sub(v128.load(tail), shift), scales)), inside);
  sum = f32x4.add(sum, last);
  v128.store(tail, last);
  const inverse = f32x4.splat(<f32>1 / sumLanes(sum));
  for (let at = row; at <= tail; at += 16) v128.store(at, f32x4.mul(v128.load(at), inverse));
  const end = row + (<usize>width << 2);
  for (let at = tail + 16; at < end; at += 16) v128.store(at, f32x4.splat(0));
}
