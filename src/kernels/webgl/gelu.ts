import type { Device } from './device';
import { GELU } from './glsl';
import { texels, type GlBuffer } from './memory';
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
export function gelu(device: Device, x: GlBuffer, out: GlBuffer, length: number): void {
  device.draw(GELU_FORWARD, [x], [], [out], texels(length));
}
