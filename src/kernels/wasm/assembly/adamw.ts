/**
 * One AdamW step (Loshchilov & Hutter 2019, as torch.optim.AdamW) over flat buffers, in place.
 * Gradients are first scaled by maxNorm / (norm + 1e-6) if norm > maxNorm (torch clip_grad_norm_).
 * decay[i] is 1 where weight decay applies. correction = 1 − βᵗ. length is a multiple of 4.
 */
export function adamw(
  parameters: usize,
  gradients: usize,
  first: usize,
  second: usize,
  decay: usize,
  norm: usize,
  length: i32,
  learningRate: f32,
  beta1: f32,
  beta2: f32,
  epsilon: f32,
  weightDecay: f32,
  maxNorm: f32,
  correction1: f32,
  correction2: f32,
): void {
  const size = load<f32>(norm);
  const clip = f32x4.splat(size > maxNorm ? maxNorm / (size + <f32>1e-6) : <f32>1);
  const shrink = f32x4.splat(learningRate * weightDecay);
  const rate = f32x4.splat(learningRate / correction1);
  const root = f32x4.splat(<f32>1 / sqrt<f32>(correction2));
  const b1 = f32x4.splat(beta1);
  const c1 = f32x4.splat(<f32>1 - beta1);
  const b2 = f32x4.splat(beta2);
  const c2 = f32x4.splat(<f32>1 - beta2);
  const eps = f32x4.splat(epsilon);
  const bytes = (<usize>length) << 2;
  for (let i: usize = 0; i < bytes; i += 16) {
    const g = f32x4.mul(v128.load(gradients + i), clip);
    const m = f32x4.add(f32x4.mul(b1, v128.load(first + i)), f32x4.mul(c1, g));
    const v = f32x4.add(f32x4.mul(b2, v128.load(second + i)), f32x4.mul(c2, f32x4.mul(g, g)));
    let p = v128.load(parameters + i);
    p = f32x4.sub(p, f32x4.mul(p, f32x4.mul(shrink, v128.load(decay + i))));
    const denominator = f32x4.add(f32x4.mul(f32x4.sqrt(v), root), eps);
    p = f32x4.sub(p, f32x4.mul(rate, f32x4.div(m, denominator)));
    v128.store(first + i, m);
    v128.store(second + i, v);
    v128.store(parameters + i, p);
  }
}
