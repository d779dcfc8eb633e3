import type { DeviceBuffer } from '../../kernels/kernels';
import type { RaggedBatch } from './batch';
import { attentionShape, type Activations } from './forward';
import type { Affine, DeviceModel, ModelTensors, PackedWeights } from './tensors';

/** Where gradients go, and what they are found with. */
export interface BackwardPass {
  /** Every parameter's gradient, which is added to. */
  grads: ModelTensors;
  /** The transposed matrices. */
  transposed: PackedWeights;
}

/**
 * Gradients of `forward`: from dx [N, d], the gradient of its output (overwritten), adds to every
 * parameter gradient.
 */
export function backward(
  { kernels, config, tensors }: DeviceModel,
  { grads, transposed }: BackwardPass,
  { rows, tokens, ids, positions }: RaggedBatch,
  activations: Activations,
  dx: DeviceBuffer,
): void {
  const d = config.nEmbd;
  const m = tokens;
  const size = { rows: tokens, width: d };
  const shape = attentionShape(config);
  const dWide = kernels.temporary(m * 4 * d);
  const dNarrow = kernels.temporary(m * d);
  for (let i = config.nLayer - 1; i >= 0; i--) {
    const layer = tensors.layers[i]!;
    const grad = grads.layers[i]!;
    const w = transposed.layers[i]!;
    const a = activations.layers[i]!;
    // x' = middle + gelu(ln2(middle) · up + b) · down + b
    kernels.linearBackwardWeight({ x: a.active, dy: dx, ...into(grad.down), m, k: 4 * d, n: d });
    if (kernels.linearGeluBackward)
      kernels.linearGeluBackward({ x: dx, w: w.down, before: a.up, out: dWide, m });
    else {
      kernels.linear({ x: dx, w: w.down, out: dWide, m });
      kernels.geluBackward({ x: a.up, dy: dWide, dx: dWide, length: m * 4 * d });
    }
    kernels.linearBackwardWeight({ x: a.normal2, dy: dWide, ...into(grad.up), m, k: d, n: 4 * d });
    kernels.linear({ x: dWide, w: w.up, out: dNarrow, m });
    const norm2 = { x: a.middle, stats: a.stats2, weight: layer.ln2.weight };
    kernels.layerNormBackward({ dy: dNarrow, ...norm2, residual: dx, dx, ...into(grad.ln2), ...size });
    // middle = x + attention(ln1(x) · qkv + b) · projection + b
    kernels.linearBackwardWeight({ x: a.attended, dy: dx, ...into(grad.projection), m, k: d, n: d });
    kernels.linear({ x: dx, w: w.projection, out: dNarrow, m });
    const { qkv, attended, probabilities } = a;
    kernels.attentionBackward({
      qkv,
      rows,
      shape,
      probabilities: probabilities!,
      out: attended,
      dOut: dNarrow,
      dQkv: dWide,
    });
    kernels.linearBackwardWeight({ x: a.normal1, dy: dWide, ...into(grad.qkv), m, k: d, n: 3 * d });
    kernels.linear({ x: dWide, w: w.qkv, out: dNarrow, m });
    const norm1 = { x: a.x, stats: a.stats1, weight: layer.ln1.weight };
    kernels.layerNormBackward({ dy: dNarrow, ...norm1, residual: dx, dx, ...into(grad.ln1), ...size });
  }
  const { wte, wpe } = grads;
  kernels.embeddingBackward({ dx, ids, positions, dWte: wte, dWpe: wpe, tokens, width: d });
}

/** The outputs of a backward operation that adds to these gradients. */
const into = ({ weight, bias }: Affine) => ({ dWeight: weight, dBias: bias });
