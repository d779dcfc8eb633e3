import { multiplyAdd } from './multiply-add';

/** Writes 8 (or 4) results: out = sums (+ bias) (+ added). Null pointers switch the addends off. */
// @ts-ignore: decorator
@inline
function finish(out: usize, bias: usize, added: usize, low: v128, high: v128, wide: bool): void {
  if (bias) {
    low = f32x4.add(low, v128.load(bias));
    high = f32x4.add(high, v128.load(bias, 16));
  }
  if (added) {
    low = f32x4.add(low, v128.load(added));
    if (wide) high = f32x4.add(high, v128.load(added, 16));
  }
  v128.store(out, low);
  if (wide) v128.store(out, high, 16);
}

/**
 * out[4, 8] = a[4, k] · panel[k, 8] (+ bias[8]) (+ added[4, 8]); a's rows are `aRow` bytes apart.
 * Every result is one sum in ascending k, so it does not depend on the row's place in the batch.
 */
export function tile4(
  a: usize, aRow: usize, panel: usize, k: i32,
  out: usize, outRow: usize, bias: usize, added: usize, addedRow: usize, wide: bool,
): void {
  let a0 = a;
  let a1 = a + aRow;
  let a2 = a + 2 * aRow;
  let a3 = a + 3 * aRow;
  let s00 = f32x4.splat(0), s01 = f32x4.splat(0);
  let s10 = f32x4.splat(0), s11 = f32x4.splat(0);
  let s20 = f32x4.splat(0), s21 = f32x4.splat(0);
  let s30 = f32x4.splat(0), s31 = f32x4.splat(0);
  for (let i = 0; i < k; i++) {
    const b0 = v128.load(panel, 0);
    const b1 = v128.load(panel, 16);
    let x = v128.load32_splat(a0);
    s00 = multiplyAdd(x, b0, s00);
    s01 = multiplyAdd(x, b1, s01);
    x = v128.load32_splat(a1);
    s10 = multiplyAdd(x, b0, s10);
    s11 = multiplyAdd(x, b1, s11);
    x = v128.load32_splat(a2);
    s20 = multiplyAdd(x, b0, s20);
    s21 = multiplyAdd(x, b1, s21);
    x = v128.load32_splat(a3);
    s30 = multiplyAdd(x, b0, s30);
    s31 = multiplyAdd(x, b1, s31);
    a0 += 4;
    a1 += 4;
    a2 += 4;
    a3 += 4;
    panel += 32;
  }
  finish(out, bias, added, s00, s01, wide);
  out += outRow;
  if (added) added += addedRow;
  finish(out, bias, added, s10, s11, wide);
  out += outRow;
  if (added) added += addedRow;
  finish(out, bias, added, s20, s21, wide);
  out += outRow;
  if (added) added += addedRow;
  finish(out, bias, added, s30, s31, wide);
}

/** One row of `tile4`: out[8] = a[k] · panel[k, 8] (+ bias) (+ added); a's elements are `aStep` bytes apart. */
export function tile1(
  a: usize, aStep: usize, panel: usize, k: i32, out: usize, bias: usize, added: usize, wide: bool,
): void {
  let low = f32x4.splat(0);
  let high = f32x4.splat(0);
  for (let i = 0; i < k; i++) {
    const x = v128.load32_splat(a);
    low = multiplyAdd(x, v128.load(panel), low);
    high = multiplyAdd(x, v128.load(panel, 16), high);
    a += aStep;
    panel += 32;
  }
  finish(out, bias, added, low, high, wide);
}

/** out[4, 8] = aᵀ · panel[k, 8] (+ added): a[k, 4] holds the four rows side by side, `aStep` bytes per k. */
export function tile4Transposed(
  a: usize, aStep: usize, panel: usize, k: i32,
  out: usize, outRow: usize, added: usize, addedRow: usize, wide: bool,
): void {
  let s00 = f32x4.splat(0), s01 = f32x4.splat(0);
  let s10 = f32x4.splat(0), s11 = f32x4.splat(0);
  let s20 = f32x4.splat(0), s21 = f32x4.splat(0);
  let s30 = f32x4.splat(0), s31 = f32x4.splat(0);
  for (let i = 0; i < k; i++) {
    const b0 = v128.load(panel, 0);
    const b1 = v128.load(panel, 16);
    let x = v128.load32_splat(a, 0);
    s00 = multiplyAdd(x, b0, s00);
    s01 = multiplyAdd(x, b1, s01);
    x = v128.load32_splat(a, 4);
    s10 = multiplyAdd(x, b0, s10);
    s11 = multiplyAdd(x, b1, s11);
    x = v128.load32_splat(a, 8);
    s20 = multiplyAdd(x, b0, s20);
    s21 = multiplyAdd(x, b1, s21);
    x = v128.load32_splat(a, 12);
    s30 = multiplyAdd(x, b0, s30);
    s31 = multiplyAdd(x, b1, s31);
    a += aStep;
    panel += 32;
  }
  finish(out, 0, added, s00, s01, wide);
  out += outRow;
  if (added) added += addedRow;
  finish(out, 0, added, s10, s11, wide);
  out += outRow;
  if (added) added += addedRow;
  finish(out, 0, added, s20, s21, wide);
  out += outRow;
  if (added) added += addedRow;
  finish(out, 0, added, s30, s31, wide);
}
