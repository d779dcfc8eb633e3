import type { Device } from './device';
import { GELU } from './glsl';
import { texels, type GlBuffer } from './memory';
import type { ProgramSpec } from './programs';

export const GELU_BACKWARD: ProgramSpec = {
  name: 'geluBackward',
  inputs: ['x', 'dy'],
  body: `${GELU}
void run(int t) {
  vec4 v = x(t);
  vec4 s = geluGate(v);
  vec4 slope = 1.5957691216057308 * (1.0 + 0.134145 * v * v);
  out0 = dy(t) * (s + s * (1.0 - s) * v * slope);
}`,
};

/** dx = dy · gelu′(x); with the gate s = σ(2u): gelu′ = s + x · s(1 − s) · 2u′. dx may be dy. */
export function geluBackward(device: Device, x: GlBuffer, dy: GlBuffer, dx: GlBuffer, length: number): void {
  device.draw(GELU_BACKWARD, [x, dy], [], [dx], texels(length));
}
