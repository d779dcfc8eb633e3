import { visible } from './attention';
import { firstLanes, sumLanes } from './lanes';
import { pack, packTransposed } from './pack';
import { tile1, tile4, tile4Transposed } from './tile';

/** In place: ds[j] = scale · p[j] · (ds[j] − Σ p ∘ ds) for j < limit; zeros from limit to width. */
function softmaxBackwardRow(p: usize, ds: usize, limit: i32, width: i32, scale: f32): void {
  let dot = f32x4.splat(0);
  for (let j = 0; j < limit; j += 4) {
    const at = (<usize>j) << 2;
    dot = f32x4.add(dot, v128.and(f32x4.mul(v128.load(p + at), v128.load(ds + at)), firstLanes(limit - j)));
  }
  const mean = f32x4.splat(sumLanes(dot));
  const scales = f32x4.splat(scale);
  let j = 0;
  for (; j < limit; j += 4) {
    const at = (<usize>j) << 2;
    const g = f32x4.mul(f32x4.mul(v128.load(p + at), scales), f32x4.sub(v128.load(ds + at), mean));
    v128.store(ds + at, v128.and(g, firstLanes(limit - j)));
  }
  for (; j < width; j += 4) v128.store(ds + ((<usize>j) << 2), f32x4.splat(0));
}

/** out[T, headDim] = pᵀ · panels, where only queries from `i0` on see the block of keys (causality). */
function transposedProduct(
  p: usize,
  panels: usize,
  out: usize,
  outBytes: usize,
  length: i32,
  width: i32,
  headDim: i32,
  prefix: i32,
): void {
  const pBytes = (<usize>width) << 2;
  for (let k = 0; k < length; k += 4) {
    const count = min(4, length - k);
    const i0 = k < prefix ? 0 : k;
    const a = p + <usize>i0 * pBytes + ((<usize>k) << 2);
    let panel = panels + ((<usize>i0) << 5);
    const o = out + <usize>k * outBytes;
    for (let j = 0; j < headDim; j += 8) {
      const at = o + ((<usize>j) << 2);
      const wide = j + 8 <= headDim;
      if (count == 4) tile4Transposed(a, pBytes, panel, length - i0, at, outBytes, 0, 0, wide);
      else
        for (let c = 0; c < count; c++)
          tile1(a + ((<usize>c) << 2), pBytes, panel, length - i0, at + <usize>c * outBytes, 0, 0, wide);
      panel += (<usize>length) << 5;
    }
  }
}

/**
 * Gradient of `attention`: dOut[n, d] → dqkv[n, 3d], with the kept probabilities.
 * dV = Pᵀ·dO; dP = dO·Vᵀ; dS = P ∘ (dP − rowsum(P ∘ dP)) / √headDim; dQ = dS·K; dK = dSᵀ·Q.
 * scratch: 4 · maxT8 · headDim8 + maxT8² floats (dimensions rounded up to 8).
 */
export function attentionBackward(
  qkv: usize,
  dOut: usize,
  offsets: usize,
  prefixes: usize,
  rows: i32,
  heads: i32,
  headDim: i32,
  probabilities: usize,
  dqkv: usize,
  scratch: usize,
): void {
  const d = heads * headDim;
  const inBytes = (<usize>(3 * d)) << 2;
  const outBytes = (<usize>d) << 2;
  const scale = <f32>1 / sqrt<f32>(<f32>headDim);
  for (let r = 0; r < rows; r++) {
    const first = load<i32>(offsets + ((<usize>r) << 2));
    const length = load<i32>(offsets + ((<usize>r) << 2), 4) - first;
    const prefix = min(length, load<i32>(prefixes + ((<usize>r) << 2)));
    const width = (length + 7) & ~7;
    const pBytes = (<usize>width) << 2;
    const part = (<usize>width * <usize>((headDim + 7) & ~7)) << 2;
    const valuesT = scratch;
    const keys = scratch + part;
    const queries = scratch + 2 * part;
    const dOuts = scratch + 3 * part;
    const ds = scratch + 4 * part;
    for (let h = 0; h < heads; h++) {
      const at = (<usize>(h * headDim)) << 2;
      const q = qkv + <usize>first * inBytes + at;
      const dq = dqkv + <usize>first * inBytes + at;
      const g = dOut + <usize>first * outBytes + at;
      packTransposed(q + 2 * outBytes, inBytes, headDim, length, valuesT);
      pack(q + outBytes, inBytes, length, headDim, keys);
      pack(q, inBytes, length, headDim, queries);
      pack(g, outBytes, length, headDim, dOuts);
      for (let i = 0; i < length; i += 4) {
        const count = min(4, length - i);
        const limit = visible(i + count - 1, prefix > i ? max(prefix, i + count) : 0);
        const gi = g + <usize>i * outBytes;
        const s = ds + <usize>i * pBytes;
        let panel = valuesT;
        for (let j = 0; j < limit; j += 8) {
          const sj = s + ((<usize>j) << 2);
          if (count == 4) tile4(gi, outBytes, panel, headDim, sj, pBytes, 0, 0, 0, true);
          else
            for (let c = 0; c < count; c++)
              tile1(gi + <usize>c * outBytes, 4, panel, headDim, sj + <usize>c * pBytes, 0, 0, true);
          panel += (<usize>headDim) << 5;
        }
        for (let c = 0; c < count; c++) {
          const p = probabilities + <usize>(i + c) * pBytes;
          softmaxBackwardRow(p, s + <usize>c * pBytes, visible(i + c, prefix), width, scale);
        }
        panel = keys;
        const dqi = dq + <usize>i * inBytes;
        for (let j = 0; j < headDim; j += 8) {
          const dqj = dqi + ((<usize>j) << 2);
          const wide = j + 8 <= headDim;
          if (count == 4) tile4(s, pBytes, panel, limit, dqj, inBytes, 0, 0, 0, wide);
          else
            for (let c = 0; c < count; c++)
              tile1(s + <usize>c * pBytes, 4, panel, limit, dqj + <usize>c * inBytes, 0, 0, wide);
          panel += (<usize>length) << 5;
        }
      }
      transposedProduct(ds, queries, dq + outBytes, inBytes, length, width, headDim, prefix);
      transposedProduct(probabilities, dOuts, dq + 2 * outBytes, inBytes, length, width, headDim, prefix);
      probabilities += (<usize>(length * width)) << 2;
    }
  }
}
