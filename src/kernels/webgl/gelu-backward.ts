import type { On } from './args';
import type { Device } from './device';
import { GELU } from './glsl';
import { texels } from './memory';
import type { ProgramSpec } from './programs';

export const GELU_BACKWARD: ProgramSpec = {
  name: 'geluBackward',
  inputs: ['x', 'dy'],
  body: `${GELU}
void run(int t) { out0 = dy(t) * geluSlope(x(t)); }`,
};

/** dx = dy · gelu′(x); dx may be dy. */
export function geluBackward(device: Device, { x, dy, dx, length }: On<'geluBackward'>): void {
  device.draw(GELU_BACKWARD, [x, dy], [], [dx], texels(length));
}
