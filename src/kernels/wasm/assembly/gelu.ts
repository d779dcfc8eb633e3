import { tanh4 } from './tanh';

/** out = ½x(1 + tanh(√(2/π)(x + 0.044715x³))), GPT-2's tanh form of GELU (Hendrycks & Gimpel 2016). */
export function gelu(x: usize, out: usize, length: i32): void {
  const bytes = (<usize>length) << 2;
  for (let i: usize = 0; i < bytes; i += 16) {
    const v = v128.load(x + i);
    const cubic = f32x4.add(f32x4.splat(1.0), f32x4.mul(f32x4.splat(0.044715), f32x4.mul(v, v)));
    const t = tanh4(f32x4.mul(f32x4.mul(v, f32x4.splat(0.7978845608028654)), cubic));
    v128.store(out + i, f32x4.mul(f32x4.mul(v, f32x4.splat(0.5)), f32x4.add(f32x4.splat(1.0), t)));
  }
}
