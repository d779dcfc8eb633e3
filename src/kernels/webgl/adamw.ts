import type { On } from './args';
import type { Device } from './device';
import { texels } from './memory';
import type { ProgramSpec } from './programs';

export const ADAMW: ProgramSpec = {
  name: 'adamw',
  inputs: ['parameters', 'gradients', 'first', 'second', 'decay', 'norm'],
  floats: ['BETA1', 'REST1', 'BETA2', 'REST2', 'EPSILON', 'SHRINK', 'RATE', 'ROOT', 'MAX_NORM'],
  outputs: 3,
  body: `
void run(int t) {
  float size = norm(0).x;
  float clip = size > MAX_NORM ? MAX_NORM / (size + 1e-6) : 1.0;
  vec4 g = gradients(t) * clip;
  vec4 m = BETA1 * first(t) + REST1 * g;
  vec4 v = BETA2 * second(t) + REST2 * (g * g);
  vec4 p = parameters(t);
  p -= p * (SHRINK * decay(t));
  out0 = p - RATE * (m / (sqrt(v) * ROOT + EPSILON));
  out1 = m;
  out2 = v;
}`,
};

/**
 * AdamW (Loshchilov & Hutter 2019, as torch.optim.AdamW) over flat buffers; gradients are scaled by
 * maxNorm / (norm + 1e-6) if norm > maxNorm. One draw gives all three buffers new textures.
 */
export function adamw(
  device: Device,
  { parameters, gradients, firstMoment, secondMoment, decay, norm, step: s }: On<'adamw'>,
): void {
  device.draw(
    ADAMW,
    [parameters, gradients, firstMoment, secondMoment, decay, norm],
    [],
    [parameters, firstMoment, secondMoment],
    texels(parameters.length),
    [
      s.beta1,
      1 - s.beta1,
      s.beta2,
      1 - s.beta2,
      s.epsilon,
      s.learningRate * s.weightDecay,
      s.learningRate / s.correction1,
      1 / Math.sqrt(s.correction2),
      Math.min(s.maxNorm, 3e38),
    ],
  );
}
