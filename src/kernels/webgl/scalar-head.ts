import type { On } from './args';
import type { Device } from './device';
import { SUM } from './glsl';
import { texels } from './memory';
import type { ProgramSpec } from './programs';

export const SCALAR_HEAD: ProgramSpec = {
  name: 'scalarHead',
  inputs: ['x', 'weight', 'bias'],
  ints: ['D4', 'ROWS'],
  body: `${SUM}
void run(int t) {
  vec4 s = vec4(0.0);
  for (int q = 0; q < 4; q++) {
    int row = 4 * t + q;
    if (row >= ROWS) break;
    vec4 products = vec4(0.0);
    for (int i = 0; i < D4; i++) products += x(row * D4 + i) * weight(i);
    s[q] = sum(products) + bias(0).x;
  }
  out0 = s;
}`,
};

/** out[rows] = x[rows, d] · weight[d] + bias[1]. */
export function scalarHead(device: Device, { x, weight, bias, out, rows, width }: On<'scalarHead'>): void {
  device.draw(SCALAR_HEAD, [x, weight, bias], [width / 4, rows], [out], texels(rows));
}
