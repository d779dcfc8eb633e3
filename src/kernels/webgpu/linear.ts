import { roundUp4 } from '../kernels';
import type { On } from './args';
import type { Context } from './context';
import { memoised } from './context';
import { linearProgram, TILE, tileFor, type Activation } from './matmul';
import type { GpuBuffer } from './memory';

const programs = memoised((variant: `${boolean}, ${boolean}, ${boolean}, ${number}, ${Activation}`) => {
  const [transposed, normed, half, tile, activation] = variant.split(', ') as string[];
  return linearProgram({
    transposed: transposed === 'true',
    normed: normed === 'true',
    half: half === 'true',
    tile: Number(tile),
    activation: activation as Activation,
  });
});

const [HAS_BIAS, HAS_RESIDUAL] = [1, 2];

interface LinearArgs extends On<'linear'> {
  activation?: Activation;
  /** gelu: where GELU of out goes; geluBackward: what GELU was applied to. [m, n] */
  partner?: GpuBuffer;
  /** Layer norm that is applied to x first. [k] each */
  norm?: { weight: GpuBuffer; bias: GpuBuffer };
}

/** out[m, n] = x[m, k] · w (+ bias) (+ residual), between a layer norm and an activation. Rows of out: n rounded up to 4. */
export function linear(
  context: Context,
  {
    x,
    w,
    bias,
    residual,
    out,
    m,
    xStride = w.k,
    few = false,
    activation = 'none',
    partner,
    norm,
  }: LinearArgs,
): void {
  const { k, n, transposed, halfFrom } = w;
  if (xStride % 4 !== 0 || (transposed ? k : n) % 4 !== 0)
    throw new RangeError('rows of matrices on WebGPU are multiples of 4 wide');
  const { nothing } = context;
  const operands = [x, w.buffer, bias ?? nothing, residual ?? nothing];
  if (norm) operands.push(norm.weight, norm.bias);
  const buffers = activation === 'geluBackward' ? [...operands, partner!, out] : [...operands, out];
  if (activation === 'gelu') buffers.push(partner!);
  const width = roundUp4(n);
  const flags = (bias ? HAS_BIAS : 0) + (residual ? HAS_RESIDUAL : 0);
  const half = halfFrom !== undefined;
  const tile = norm ? TILE : tileFor(w, few);
  context.run(
    programs(`${transposed}, ${norm !== undefined}, ${half}, ${tile}, ${activation}`),
    buffers,
    [m, k, n, xStride / 4, width / 4, flags, ...(half ? [halfFrom] : [])],
    Math.ceil(width / tile),
    Math.ceil(m / tile),
  );
}
