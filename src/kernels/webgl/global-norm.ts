import type { On } from './args';
import type { Device } from './device';
import { SUM } from './glsl';
import { texels } from './memory';
import type { ProgramSpec } from './programs';

const PARTS = 512;

export const SUM_SQUARES: ProgramSpec = {
  name: 'sumSquares',
  inputs: ['x'],
  ints: ['LENGTH4', 'PARTS'],
  body: `
void run(int t) {
  vec4 s = vec4(0.0);
  for (int i = t; i < LENGTH4; i += PARTS) {
    vec4 v = x(i);
    s += v * v;
  }
  out0 = s;
}`,
};

export const ROOT_OF_SUM: ProgramSpec = {
  name: 'rootOfSum',
  inputs: ['x'],
  ints: ['PARTS'],
  body: `${SUM}
void run(int t) {
  vec4 s = vec4(0.0);
  for (int i = 0; i < PARTS; i++) s += x(i);
  out0 = vec4(sqrt(sum(s)), 0.0, 0.0, 0.0);
}`,
};

/** norm[0] = √Σ gradients², in two stages. */
export function globalNorm(device: Device, { gradients, norm }: On<'globalNorm'>): void {
  const length4 = texels(gradients.length);
  const parts = Math.min(PARTS, length4);
  device.memory.frame(() => {
    const sums = device.memory.temporary(4 * parts);
    device.draw(SUM_SQUARES, [gradients], [length4, parts], [sums], parts);
    device.draw(ROOT_OF_SUM, [sums], [parts], [norm], 1);
  });
}
