import type { DeviceBuffer, Kernels } from '../../kernels/kernels';
import type { GptConfig } from '../../model/config';
import type { RaggedBatch } from './batch';
import { attentionShape, type Activations } from './forward';
import type { ModelTensors, PackedWeights } from './tensors';

/**
 * Gradients of `forward`: from dx [N, d], the gradient of its output (overwritten), adds to every
 * parameter gradient in `grads`. `packed` holds the transposed matrices.
 */
export function backward(
  kernels: Kernels,
  config: GptConfig,
  tensors: ModelTensors,
  grads: ModelTensors,
  packed: PackedWeights,
  batch: RaggedBatch,
  activations: Activations,
  dx: DeviceBuffer,
): void {
  const d = config.nEmbd;
  const n = batch.tokens;
  const shape = attentionShape(config);
  const dWide = kernels.temporary(n * 4 * d);
  const dNarrow = kernels.temporary(n * d);
  for (let i = config.nLayer - 1; i >= 0; i--) {
    const layer = tensors.layers[i]!;
    const grad = grads.layers[i]!;
    const w = packed.layers[i]!;
    const a = activations.layers[i]!;
    // x' = middle + gelu(ln2(middle) · up + b) · down + b
    kernels.linearBackwardWeight(a.active, dx, grad.down.weight, grad.down.bias, n, 4 * d, d);
    if (kernels.linearGeluBackward) kernels.linearGeluBackward(dx, w.down, a.up, dWide, n);
    else {
      kernels.linear(dx, w.down, null, null, dWide, n);
      kernels.geluBackward(a.up, dWide, dWide, n * 4 * d);
    }
    kernels.linearBackwardWeight(a.normal2, dWide, grad.up.weight, grad.up.bias, n, d, 4 * d);
    kernels.linear(dWide, w.up, null, null, dNarrow, n);
    kernels.layerNormBackward(
      dNarrow,
      a.middle,
      a.stats2,
      layer.ln2.weight,
      dx,
      dx,
      grad.ln2.weight,
      grad.ln2.bias,
      n,
      d,
    );
    // middle = x + attention(ln1(x) · qkv + b) · projection + b
    kernels.linearBackwardWeight(a.attended, dx, grad.projection.weight, grad.projection.bias, n, d, d);
    kernels.linear(dx, w.projection, null, null, dNarrow, n);
    kernels.attentionBackward(a.qkv, dNarrow, batch.rows, shape, a.probabilities!, dWide, a.attended);
    kernels.linearBackwardWeight(a.normal1, dWide, grad.qkv.weight, grad.qkv.bias, n, d, 3 * d);
    kernels.linear(dWide, w.qkv, null, null, dNarrow, n);
    kernels.layerNormBackward(
      dNarrow,
      a.x,
      a.stats1,
      layer.ln1.weight,
      dx,
      dx,
      grad.ln1.weight,
      grad.ln1.bias,
      n,
      d,
    );
  }
  kernels.embeddingBackward(dx, batch.ids, batch.positions, grads.wte, grads.wpe, n, d);
}
