import * as tf from '@tensorflow/tfjs-core';
import type { GradConfig, Tensor, Tensor2D } from '@tensorflow/tfjs-core';

/**
 * Gradients of the tfjs kernels that the model and its losses use.
 *
 * tfjs keeps its own in `dist/register_all_gradients`, which neither Node nor tsx can import (ES modules with
 * bare paths in a CommonJS package) and which brings along convolutions and image ops. Ours differ on purpose:
 * products transpose first and multiply plainly (several times faster on WASM than transpose flags); `gather`
 * from a table goes through a one-hot product (WASM has no UnsortedSegmentSum); comparisons have gradient
 * zero, so that `where(x > 0, …)` works; extrema share their gradient among ties.
 */
type Grad = (dy: Tensor, saved: Tensor[], attrs: Record<string, unknown>) => Record<string, () => Tensor>;

const { getReductionAxes } = tf.broadcast_util;
const float = (x: Tensor): Tensor => tf.cast(x, 'float32');
const zero = (x: Tensor): Tensor => tf.zeros(x.shape);

/** Sums a gradient of the broadcast shape back to the shape of its input. */
function reduceTo(dx: Tensor, shape: number[]): Tensor {
  const axes = getReductionAxes(shape, dx.shape);
  return tf.reshape(axes.length ? tf.sum(dx, axes) : dx, shape);
}

/** The shape of x after reducing `axis` with kept dimensions. */
function keptShape(x: Tensor, axis: unknown): number[] {
  const axes = tf.util.parseAxisParam(axis as number | number[], x.shape);
  return x.shape.map((n, i) => (axes.includes(i) ? 1 : n));
}

function swapLast(x: Tensor): Tensor {
  const axes = x.shape.map((_, i) => i);
  axes.push(...axes.splice(axes.length - 2, 1));
  return tf.transpose(x, axes);
}

const configs: GradConfig[] = [];

function define(kernelName: string, inputsToSave: string[], gradFunc: Grad, outputsToSave?: boolean[]): void {
  configs.push({ kernelName, inputsToSave, outputsToSave, gradFunc: gradFunc as GradConfig['gradFunc'] });
}

/** y = f(x) elementwise, gradient from the input. */
const fromInput = (kernel: string, grad: (dy: Tensor, x: Tensor) => Tensor) =>
  define(kernel, ['x'], (dy, [x]) => ({ x: () => grad(dy, x!) }));

/** y = f(x) elementwise, gradient from the output. */
const fromOutput = (kernel: string, grad: (dy: Tensor, y: Tensor) => Tensor) =>
  define(kernel, [], (dy, [y]) => ({ x: () => grad(dy, y!) }), [true]);

/** y = f(a, b) elementwise with broadcasting. */
const binary = (
  kernel: string,
  gradA: (dy: Tensor, a: Tensor, b: Tensor) => Tensor,
  gradB: (dy: Tensor, a: Tensor, b: Tensor) => Tensor,
) =>
  define(kernel, ['a', 'b'], (dy, [a, b]) => ({
    a: () => reduceTo(gradA(dy, a!, b!), a!.shape),
    b: () => reduceTo(gradB(dy, a!, b!), b!.shape),
  }));

// ---- elementwise, one input
fromInput('Abs', (dy, x) => tf.mul(dy, tf.sign(x)));
fromInput('Cast', (dy) => float(dy));
fromInput('Identity', (dy) => tf.clone(dy));
fromInput('Log', (dy, x) => tf.div(dy, x));
fromInput('Log1p', (dy, x) => tf.div(dy, tf.add(x, 1)));
fromInput('Neg', (dy) => tf.neg(dy));
fromInput('Relu', (dy, x) => tf.mul(dy, tf.step(x)));
fromInput('Softplus', (dy, x) => tf.mul(dy, tf.sigmoid(x)));
fromInput('Square', (dy, x) => tf.mul(dy, tf.mul(x, 2)));
fromOutput('Exp', (dy, y) => tf.mul(dy, y));
fromOutput('Expm1', (dy, y) => tf.mul(dy, tf.add(y, 1)));
fromOutput('Reciprocal', (dy, y) => tf.neg(tf.mul(dy, tf.square(y))));
fromOutput('Rsqrt', (dy, y) => tf.mul(tf.mul(dy, -0.5), tf.mul(y, tf.square(y))));
fromOutput('Sigmoid', (dy, y) => tf.mul(dy, tf.mul(y, tf.sub(1, y))));
fromOutput('Sqrt', (dy, y) => tf.div(dy, tf.mul(y, 2)));
fromOutput('Tanh', (dy, y) => tf.mul(dy, tf.sub(1, tf.square(y))));
define('ClipByValue', ['x'], (dy, [x], { clipValueMin, clipValueMax }) => ({
  x: () => {
    const inside = tf.logicalAnd(
      tf.greaterEqual(x!, clipValueMin as number),
      tf.lessEqual(x!, clipValueMax as number),
    );
    return tf.mul(dy, float(inside));
  },
}));
for (const kernel of ['Ceil', 'Floor', 'Round', 'Sign', 'Step', 'ZerosLike', 'OnesLike'])
  fromInput(kernel, zero);

// ---- elementwise, two inputs
binary('Add', (dy) => dy, (dy) => dy); // prettier-ignore
binary('Sub', (dy) => dy, (dy) => tf.neg(dy)); // prettier-ignore
binary('Multiply', (dy, _, b) => tf.mul(dy, float(b)), (dy, a) => tf.mul(dy, float(a))); // prettier-ignore
binary(
  'RealDiv',
  (dy, _, b) => tf.div(dy, float(b)),
  (dy, a, b) => tf.neg(tf.div(tf.mul(dy, float(a)), tf.square(float(b)))),
);
binary(
  'SquaredDifference',
  (dy, a, b) => tf.mul(dy, tf.mul(tf.sub(a, b), 2)),
  (dy, a, b) => tf.mul(dy, tf.mul(tf.sub(b, a), 2)),
);
binary(
  'Minimum',
  (dy, a, b) => tf.mul(dy, float(tf.lessEqual(a, b))),
  (dy, a, b) => tf.mul(dy, float(tf.greater(a, b))),
);
binary(
  'Maximum',
  (dy, a, b) => tf.mul(dy, float(tf.greaterEqual(a, b))),
  (dy, a, b) => tf.mul(dy, float(tf.less(a, b))),
);
binary(
  'Pow',
  (dy, a, b) => tf.mul(dy, tf.mul(float(b), tf.pow(a, tf.sub(float(b), 1)))),
  (dy, a, b) => tf.mul(dy, tf.mul(tf.pow(a, b), tf.log(tf.maximum(a, 1e-38)))),
);
for (const kernel of ['Equal', 'NotEqual', 'Greater', 'GreaterEqual', 'Less', 'LessEqual'])
  define(kernel, ['a', 'b'], (_, [a, b]) => ({ a: () => zero(a!), b: () => zero(b!) }));
define('IsNan', ['x'], (_, [x]) => ({ x: () => zero(x!) }));
define('Select', ['condition'], (dy, [condition]) => ({
  condition: () => zero(condition!),
  t: () => tf.mul(dy, float(condition!)),
  e: () => tf.mul(dy, float(tf.logicalNot(condition!))),
}));

// ---- shape
define('Reshape', ['x'], (dy, [x]) => ({ x: () => tf.reshape(dy, x!.shape) }));
define('ExpandDims', ['input'], (dy, [input]) => ({ input: () => tf.reshape(dy, input!.shape) }));
define('Transpose', [], (dy, _, { perm }) => {
  const undo: number[] = [];
  (perm as number[]).forEach((from, to) => (undo[from] = to));
  return { x: () => tf.transpose(dy, undo) };
});
define('Slice', ['x'], (dy, [x], { begin, size }) => {
  const [from, extent] = tf.slice_util.parseSliceParams(x!, begin as number[], size as number[]);
  const paddings = x!.shape.map((n, i): [number, number] => [from![i]!, n - from![i]! - extent![i]!]);
  return { x: () => tf.pad(dy, paddings) };
});
define('PadV2', ['x'], (dy, [x], { paddings }) => {
  const begin = (paddings as [number, number][]).map(([before]) => before);
  return { x: () => tf.slice(dy, begin, x!.shape) };
});
define('SplitV', [], (dy, _, { axis }) => ({
  x: () => (Array.isArray(dy) ? tf.concat(dy as Tensor[], axis as number) : dy),
}));
define('Unpack', [], (dy, _, { axis }) => ({
  value: () => tf.stack((Array.isArray(dy) ? dy : [dy]) as Tensor[], axis as number),
}));
define('Tile', ['x'], (dy, [x], { reps }) => ({
  x: () => {
    const split = x!.shape.flatMap((n, i) => [(reps as number[])[i]!, n]);
    return tf.sum(tf.reshape(dy, split), x!.shape.map((_, i) => 2 * i)); // prettier-ignore
  },
}));
/** Kernels with a list of inputs; gradients are keyed by index. */
function defineMany(
  kernelName: string,
  grads: (dy: Tensor, inputs: Tensor[], axis: number) => Tensor[],
): void {
  const gradFunc: Grad = (dy, inputs, attrs) => {
    const each = grads(dy, inputs, attrs?.['axis'] as number); // AddN has no attributes at all
    return Object.fromEntries(each.map((g, i) => [i, () => g]));
  };
  configs.push({ kernelName, saveAllInputs: true, gradFunc: gradFunc as GradConfig['gradFunc'] });
}
defineMany('AddN', (dy, inputs) => inputs.map(() => tf.clone(dy)));
defineMany('Pack', (dy, _, axis) => tf.unstack(dy, axis));
defineMany('Concat', (dy, inputs, axis) => {
  const [along] = tf.util.parseAxisParam(axis, inputs[0]!.shape);
  return tf.split(dy, inputs.map((x) => x.shape[along!]!), along); // prettier-ignore
});

// ---- reductions
define('Sum', ['x'], (dy, [x], { axis }) => ({
  x: () => tf.mul(tf.reshape(dy, keptShape(x!, axis)), tf.ones(x!.shape)),
}));
define('Mean', ['x'], (dy, [x], { axis }) => ({
  x: () => {
    const count = x!.size / Math.max(1, dy.size);
    return tf.mul(tf.reshape(dy, keptShape(x!, axis)), tf.fill(x!.shape, 1 / count));
  },
}));
for (const [kernel, attribute] of [
  ['Max', 'reductionIndices'],
  ['Min', 'axis'],
] as const)
  // prettier-ignore
  define(
    kernel,
    ['x'],
    (dy, [x, y], attrs) => ({
      x: () => {
        const kept = keptShape(x!, attrs[attribute]);
        const hit = float(tf.equal(x!, tf.reshape(y!, kept)));
        const axes = tf.util.parseAxisParam(attrs[attribute] as number[], x!.shape);
        return tf.mul(hit, tf.div(tf.reshape(dy, kept), tf.sum(hit, axes, true)));
      },
    }),
    [true],
  );
define(
  'Softmax',
  [],
  (dy, [y], { dim }) => ({
    logits: () => {
      const weighted = tf.mul(dy, y!);
      return tf.sub(weighted, tf.mul(tf.sum(weighted, [dim as number], true), y!));
    },
  }),
  [true],
);

// ---- products and tables
define('BatchMatMul', ['a', 'b'], (dy, [a, b], { transposeA, transposeB }) => {
  if (transposeA || transposeB)
    throw new TypeError('differentiate transpose and matMul, not matMul with flags');
  return {
    a: () => tf.matMul(dy, swapLast(b!)),
    b: () => tf.matMul(swapLast(a!), dy),
  };
});
define('GatherV2', ['x', 'indices'], (dy, [x, indices]) => {
  if (x!.rank !== 2 || indices!.rank !== 1)
    throw new TypeError('gather has a gradient only for rows of a matrix');
  const picked = () => float(tf.oneHot(indices as tf.Tensor1D, x!.shape[0]!)) as Tensor2D;
  return { x: () => tf.matMul(tf.transpose(picked()), dy as Tensor2D), indices: () => zero(indices!) };
});

/** Makes tf.grads and engine().gradients work; call once before differentiating. Safe to call again. */
export function registerGradients(): void {
  for (const config of configs) if (tf.getGradient(config.kernelName) == null) tf.registerGradient(config);
}
