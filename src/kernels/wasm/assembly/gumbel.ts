import { log4, logReduced4 } from './log';

/**
 * −log(−log u) for u = (bits + ½) / 2²⁴, bits = top 24 bits of each lane.
 * bits + ½ needs 25 bits from ½ on, so the upper half works with 1 − u, which is exact in float32.
 */
// @ts-ignore: decorator
@inline
function gumbelOfBits(hash: v128): v128 {
  const bits = i32x4.shr_u(hash, 8);
  const unit = f32x4.splat(5.9604644775390625e-8); // 2^-24
  const half = f32x4.splat(0.5);
  const u = f32x4.mul(f32x4.add(f32x4.convert_i32x4_s(bits), half), unit);
  const rest = f32x4.mul(
    f32x4.add(f32x4.convert_i32x4_s(i32x4.sub(i32x4.splat(0xffffff), bits)), half),
    unit,
  );
  const low = log4(u);
  // u > ½: log u = log(1 − rest), or with u below √½: log(1 + (1 − 2·rest)) − log 2
  const near = f32x4.le(rest, f32x4.splat(0.2928932188));
  const f = v128.bitselect(
    f32x4.neg(rest),
    f32x4.sub(f32x4.splat(1.0), f32x4.add(rest, rest)),
    near,
  );
  const high = logReduced4(f, v128.bitselect(f32x4.splat(0), f32x4.splat(-1.0), near));
  const logU = v128.bitselect(low, high, i32x4.lt_s(bits, i32x4.splat(0x800000)));
  return f32x4.neg(log4(f32x4.neg(logU)));
}

// @ts-ignore: decorator
@inline
function scramble(x: v128): v128 {
  return i32x4.add(i32x4.mul(x, i32x4.splat(1664525)), i32x4.splat(1013904223));
}

/**
 * out[16] = Gumbel noise of columns 16·group …, the field of src/random/noise.ts (pcg4d, Jarzynski & Olano
 * 2020): coordinates x = ⌊column / 4⌋, y = step, z = row, w = key; lane = column mod 4.
 */
export function gumbel16(group: i32, step: i32, row: i32, key: i32, out: usize): void {
  let x = scramble(i32x4.add(i32x4.splat(group << 2), i32x4(0, 1, 2, 3)));
  let y = scramble(i32x4.splat(step));
  let z = scramble(i32x4.splat(row));
  let w = scramble(i32x4.splat(key));
  x = i32x4.add(x, i32x4.mul(y, w));
  y = i32x4.add(y, i32x4.mul(z, x));
  z = i32x4.add(z, i32x4.mul(x, y));
  w = i32x4.add(w, i32x4.mul(y, z));
  x = v128.xor(x, i32x4.shr_u(x, 16));
  y = v128.xor(y, i32x4.shr_u(y, 16));
  z = v128.xor(z, i32x4.shr_u(z, 16));
  w = v128.xor(w, i32x4.shr_u(w, 16));
  x = i32x4.add(x, i32x4.mul(y, w));
  y = i32x4.add(y, i32x4.mul(z, x));
  z = i32x4.add(z, i32x4.mul(x, y));
  w = i32x4.add(w, i32x4.mul(y, z));
  // 4×4 transpose: vector c holds x, y, z, w of column group c
  const xyLow = v128.shuffle<i32>(x, y, 0, 4, 1, 5);
  const xyHigh = v128.shuffle<i32>(x, y, 2, 6, 3, 7);
  const zwLow = v128.shuffle<i32>(z, w, 0, 4, 1, 5);
  const zwHigh = v128.shuffle<i32>(z, w, 2, 6, 3, 7);
  v128.store(out, gumbelOfBits(v128.shuffle<i64>(xyLow, zwLow, 0, 2)), 0);
  v128.store(out, gumbelOfBits(v128.shuffle<i64>(xyLow, zwLow, 1, 3)), 16);
  v128.store(out, gumbelOfBits(v128.shuffle<i64>(xyHigh, zwHigh, 0, 2)), 32);
  v128.store(out, gumbelOfBits(v128.shuffle<i64>(xyHigh, zwHigh, 1, 3)), 48);
}
