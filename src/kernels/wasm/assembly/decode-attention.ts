import { multiplyAdd } from './multiply-add';
import { softmaxRow } from './softmax';

/**
 * Attention of one new token per row: qkv[n, 3d] (its key and value are already in the cache, see
 * cacheWrite) over cache positions 0 … positions[i] → out[n, d]. scratch: capacity floats.
 */
export function decodeAttention(
  qkv: usize,
  slots: usize,
  positions: usize,
  keys: usize,
  values: usize,
  out: usize,
  n: i32,
  heads: i32,
  headDim: i32,
  capacity: i32,
  scratch: usize,
): void {
  const d = heads * headDim;
  const bytes = (<usize>d) << 2;
  const keyBytes = (<usize>capacity) << 2;
  const slotBytes = bytes * <usize>capacity;
  const scale = <f32>1 / sqrt<f32>(<f32>headDim);
  for (let i = 0; i < n; i++) {
    const slot = <usize>load<i32>(slots + ((<usize>i) << 2)) * slotBytes;
    const count = load<i32>(positions + ((<usize>i) << 2)) + 1;
    for (let h = 0; h < heads; h++) {
      const at = (<usize>(h * headDim)) << 2;
      const q = qkv + at;
      const k = keys + slot + <usize>(h * headDim) * keyBytes;
      for (let j = 0; j < count; j += 4) {
        let sum = f32x4.splat(0);
        let kj = k + ((<usize>j) << 2);
        for (let c = 0; c < headDim; c++) {
          sum = multiplyAdd(v128.load32_splat(q + ((<usize>c) << 2)), v128.load(kj), sum);
          kj += keyBytes;
        }
        v128.store(scratch + ((<usize>j) << 2), sum);
      }
      softmaxRow(scratch, count, count, scale);
      const v = values + slot + at;
      for (let c: usize = 0; c < (<usize>headDim) << 2; c += 16) {
        let sum = f32x4.splat(0);
        let vj = v + c;
        for (let j = 0; j < count; j++) {
          sum = multiplyAdd(v128.load32_splat(scratch + ((<usize>j) << 2)), v128.load(vj), sum);
          vj += bytes;
        }
        v128.store(out + at + c, sum);
      }
    }
    qkv += 3 * bytes;
    out += bytes;
  }
}
