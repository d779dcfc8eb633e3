import { GELU, geluGate } from './gelu';

/** dx = dy · gelu′(x); with the gate s = σ(2u): gelu′ = s + x · s(1 − s) · 2√(2/π)(1 + 3 · 0.044715x²). dx may be dy. */
export function geluBackward(x: usize, dy: usize, dx: usize, length: i32): void {
  const bytes = <usize>length << 2;
  for (let i: usize = 0; i < bytes; i += 16) {
    const v = v128.load(x + i);
    const one = v128.load32_splat(GELU, 12);
    const square = f32x4.mul(v128.load32_splat(GELU), f32x4.mul(v, v));
    const s = geluGate(v, square);
    const inner = f32x4.mul(
      v128.load32_splat(GELU, 8),
      f32x4.add(one, f32x4.mul(v128.load32_splat(GELU, 16), square)),
    );
    const spread = f32x4.mul(f32x4.mul(s, f32x4.sub(one, s)), f32x4.mul(v, inner));
    v128.store(dx + i, f32x4.mul(v128.load(dy + i), f32x4.add(s, spread)));
  }
}
