import { multiplyAdd } from './multiply-add';
import { softmaxRow } from './softmax';

/** scores[j] = q[headDim] · keys[headDim, capacity] for j < count rounded up to 8. */
// @ts-ignore: decorator
@inline
function scoreKeys(q: usize, keys: usize, keyBytes: usize, headDim: i32, count: i32, scores: usize): void {
  const end = q + (<usize>headDim << 2);
  for (let j = 0; j < count; j += 8) {
    let low = f32x4.splat(0);
    let high = f32x4.splat(0);
    let k = keys + (<usize>j << 2);
    for (let c = q; c < end; c += 4) {
      const x = v128.load32_splat(c);
      low = multiplyAdd(x, v128.load(k), low);
      high = multiplyAdd(x, v128.load(k, 16), high);
      k += keyBytes;
    }
    v128.store(scores + (<usize>j << 2), low);
    v128.store(scores + (<usize>j << 2), high, 16);
  }
}

/** out[headDim] = weights[count] · values[count, …], rows `bytes` apart; 16, then 4 columns at a time. */
// @ts-ignore: decorator
@inline
function mixValues(weights: usize, values: usize, bytes: usize, headDim: i32, count: i32, out: usize): void {
  let c = 0;
  for (; c + 16 <= headDim; c += 16) {
    let s0 = f32x4.splat(0), s1 = f32x4.splat(0), s2 = f32x4.splat(0), s3 = f32x4.splat(0);
    let v = values + (<usize>c << 2);
    for (let j = 0; j < count; j++) {
      const w = v128.load32_splat(weights + (<usize>j << 2));
      s0 = multiplyAdd(w, v128.load(v), s0);
      s1 = multiplyAdd(w, v128.load(v, 16), s1);
      s2 = multiplyAdd(w, v128.load(v, 32), s2);
      s3 = multiplyAdd(w, v128.load(v, 48), s3);
      v += bytes;
    }
    const o = out + (<usize>c << 2);
    v128.store(o, s0);
    v128.store(o, s1, 16);
    v128.store(o, s2, 32);
    v128.store(o, s3, 48);
  }
  for (; c < headDim; c += 4) {
    let sum = f32x4.splat(0);
    let v = values + (<usize>c << 2);
    for (let j = 0; j < count; j++) {
      sum = multiplyAdd(v128.load32_splat(weights + (<usize>j << 2)), v128.load(v), sum);
      v += bytes;
    }
    v128.store(out + (<usize>c << 2), sum);
  }
}

/**
 * Attention of one new token per row: qkv[n, 3d] (its key and value are already in the cache, see
 * cacheWrite) over cache positions 0 … positions[i] → out[n, d]. scratch: capacity floats.
 */
export function decodeAttention(
  qkv: usize, slots: usize, positions: usize, keys: usize, values: usize, out: usize,
  n: i32, heads: i32, headDim: i32, capacity: i32, scratch: usize,
): void {
  const d = heads * headDim;
  const bytes = <usize>d << 2;
  const keyBytes = <usize>capacity << 2;
  const slotBytes = bytes * <usize>capacity;
  const scale = <f32>1 / sqrt<f32>(<f32>headDim);
  for (let i = 0; i < n; i++) {
    const slot = <usize>load<i32>(slots + (<usize>i << 2)) * slotBytes;
    const count = load<i32>(positions + (<usize>i << 2)) + 1;
    for (let h = 0; h < heads; h++) {
      const first = h * headDim;
      const at = <usize>first << 2;
      scoreKeys(qkv + at, keys + slot + <usize>first * keyBytes, keyBytes, headDim, count, scratch);
      softmaxRow(scratch, count, count, scale);
      mixValues(scratch, values + slot + at, bytes, headDim, count, out + at);
    }
    qkv += 3 * bytes;
    out += bytes;
  }
}
