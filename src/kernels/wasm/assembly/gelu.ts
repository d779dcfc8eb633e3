import { exp4 } from './exp';

/** 0.044715, −2√(2/π), 2√(2/π), 1, 3: loaded from memory for the reason given in exp.ts. */
export const GELU: usize = memory.data<f32>([0.044715, -1.5957691216057308, 1.5957691216057308, 1, 3]);

/**
 * σ(2u) = ½(1 + tanh u) with u = √(2/π)(x + 0.044715x³): the factor of x in GPT-2's tanh form of GELU.
 * Written as a sigmoid it needs one exponential and loses no digits for negative x. square = 0.044715x².
 */
// @ts-ignore: decorator
@inline
export function geluGate(x: v128, square: v128): v128 {
  const one = v128.load32_splat(GELU, 12);
  const u = f32x4.mul(f32x4.mul(x, f32x4.add(one, square)), v128.load32_splat(GELU, 4));
  return f32x4.div(one, f32x4.add(one, exp4(u)));
}

/** out = ½x(1 + tanh(√(2/π)(x + 0.044715x³))), GPT-2's form of GELU (Hendrycks & Gimpel 2016). */
export function gelu(x: usize, out: usize, length: i32): void {
  const bytes = <usize>length << 2;
  for (let i: usize = 0; i < bytes; i += 16) {
    const v = v128.load(x + i);
    const square = f32x4.mul(v128.load32_splat(GELU), f32x4.mul(v, v));
    v128.store(out + i, f32x4.mul(v, geluGate(v, square)));
  }
}
