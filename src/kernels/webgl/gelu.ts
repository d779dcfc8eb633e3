import type { On } from './args';
import type { Device } from './device';
import { GELU } from './glsl';
import { texels } from './memory';
import type { ProgramSpec } from './programs';

export const GELU_FORWARD: ProgramSpec = {
  name: 'gelu',
  inputs: ['x'],
  body: `${GELU}
void run(int t) {
  vec4 v = x(t);
  out0 = v * geluGate(v);
}`,
};

/** out = gelu(x), tanh form (Hendrycks & Gimpel 2016, as in GPT-2); out may be x. */
export function gelu(device: Device, { x, out, length }: On<'gelu'>): void {
  device.draw(GELU_FORWARD, [x], [], [out], texels(length));
}
