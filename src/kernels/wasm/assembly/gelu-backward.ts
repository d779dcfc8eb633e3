import { tanh4 } from './tanh';

/** dx = dy · gelu′(x), gelu′ = ½(1 + t) + ½x(1 − t²) · √(2/π)(1 + 3 · 0.044715x²). dx may be dy. */
export function geluBackward(x: usize, dy: usize, dx: usize, length: i32): void {
  const bytes = (<usize>length) << 2;
  const root = f32x4.splat(0.7978845608028654);
  const half = f32x4.splat(0.5);
  const one = f32x4.splat(1.0);
  for (let i: usize = 0; i < bytes; i += 16) {
    const v = v128.load(x + i);
    const square = f32x4.mul(f32x4.splat(0.044715), f32x4.mul(v, v));
    const t = tanh4(f32x4.mul(f32x4.mul(v, root), f32x4.add(one, square)));
    const inner = f32x4.mul(root, f32x4.add(one, f32x4.mul(f32x4.splat(3.0), square)));
    const slope = f32x4.add(
      f32x4.mul(half, f32x4.add(one, t)),
      f32x4.mul(f32x4.mul(f32x4.mul(half, v), f32x4.sub(one, f32x4.mul(t, t))), inner),
    );
    v128.store(dx + i, f32x4.mul(v128.load(dy + i), slope));
  }
}
