import { exp4 } from './exp';
import { firstLanes, maxLanes, sumLanes } from './lanes';

/** In place: row[j] = softmax over j < limit of scale · row[j]; zeros from limit to width. */
export function softmaxRow(row: usize, limit: i32, width: i32, scale: f32): void {
  const scales = f32x4.splat(scale);
  const lowest = f32x4.splat(-f32.MAX_VALUE);
  let largest = lowest;
  for (let j = 0; j < limit; j += 4) {
    const at = row + ((<usize>j) << 2);
    const v = v128.bitselect(f32x4.mul(v128.load(at), scales), lowest, firstLanes(limit - j));
    largest = f32x4.pmax(largest, v);
    v128.store(at, v);
  }
  const shift = f32x4.splat(maxLanes(largest));
  let sum = f32x4.splat(0);
  for (let j = 0; j < limit; j += 4) {
    const at = row + ((<usize>j) << 2);
    const e = v128.and(exp4(f32x4.sub(v128.load(at), shift)), firstLanes(limit - j));
    sum = f32x4.add(sum, e);
    v128.store(at, e);
  }
  const inverse = f32x4.splat(<f32>1 / sumLanes(sum));
  let j = 0;
  for (; j < limit; j += 4) {
    const at = row + ((<usize>j) << 2);
    v128.store(at, f32x4.mul(v128.load(at), inverse));
  }
  for (; j < width; j += 4) v128.store(row + ((<usize>j) << 2), f32x4.splat(0));
}
