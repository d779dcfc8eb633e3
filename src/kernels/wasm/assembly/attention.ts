import { pack, packTransposed } from './pack';
import { softmaxRow } from './softmax';
import { tile1, tile4 } from './tile';

/** Keys that query i sees: all of the prefix from inside it, else those up to itself. */
// @ts-ignore: decorator
@inline
export function visible(i: i32, prefix: i32): i32 {
  return max(i + 1, i < prefix ? prefix : 0);
}

/**
 * Multi-head attention over ragged rows (Vaswani et al. 2017), causal, with an optional two-way prefix.
 * qkv[n, 3d] → out[n, d]; row r holds tokens offsets[r] .. offsets[r+1].
 * probabilities: per row and head a [T, T rounded up to 8] block, one after another if `keep` (for the
 * backward pass), else all in the same place. scratch: 2 · maxT8 · headDim8 floats (rounded up to 8).
 */
export function attention(
  qkv: usize, offsets: usize, prefixes: usize, rows: i32, heads: i32, headDim: i32,
  probabilities: usize, keep: bool, out: usize, scratch: usize,
): void {
  const d = heads * headDim;
  const inBytes = <usize>(3 * d) << 2;
  const outBytes = <usize>d << 2;
  const scale = <f32>1 / sqrt<f32>(<f32>headDim);
  for (let r = 0; r < rows; r++) {
    const first = load<i32>(offsets + (<usize>r << 2));
    const length = load<i32>(offsets + (<usize>r << 2), 4) - first;
    const prefix = min(length, load<i32>(prefixes + (<usize>r << 2)));
    const width = (length + 7) & ~7;
    const keys = scratch;
    const values = scratch + ((<usize>width * <usize>headDim) << 2);
    for (let h = 0; h < heads; h++) {
      const q = qkv + <usize>first * inBytes + (<usize>(h * headDim) << 2);
      const o = out + <usize>first * outBytes + (<usize>(h * headDim) << 2);
      packTransposed(q + outBytes, inBytes, headDim, length, keys);
      pack(q + 2 * outBytes, inBytes, length, headDim, values);
      for (let i = 0; i < length; i += 4) {
        const count = min(4, length - i);
        const limit = visible(i + count - 1, prefix > i ? max(prefix, i + count) : 0);
        const p = probabilities + (<usize>(i * width) << 2);
        const pBytes = <usize>width << 2;
        const qi = q + <usize>i * inBytes;
        let panel = keys;
        for (let j = 0; j < limit; j += 8) {
          const at = p + (<usize>j << 2);
          if (count == 4) tile4(qi, inBytes, panel, headDim, at, pBytes, 0, 0, 0, true);
          else
            for (let c = 0; c < count; c++)
              tile1(qi + <usize>c * inBytes, 4, panel, headDim, at + <usize>c * pBytes, 0, 0, true);
          panel += <usize>headDim << 5;
        }
        for (let c = 0; c < count; c++)
          softmaxRow(p + <usize>c * pBytes, visible(i + c, prefix), width, scale);
        panel = values;
        const oi = o + <usize>i * outBytes;
        for (let j = 0; j < headDim; j += 8) {
          const at = oi + (<usize>j << 2);
          const wide = j + 8 <= headDim;
          if (count == 4) tile4(p, pBytes, panel, limit, at, outBytes, 0, 0, 0, wide);
          else
            for (let c = 0; c < count; c++)
              tile1(p + <usize>c * pBytes, 4, panel, limit, at + <usize>c * outBytes, 0, 0, wide);
          panel += <usize>length << 5;
        }
      }
      if (keep) probabilities += <usize>(length * width) << 2;
    }
  }
}
