import type { AttentionShape, DeviceBuffer, Kernels, PackedMatrix } from '../../kernels/kernels';
import type { GptConfig } from '../../model/config';
import type { RaggedBatch } from './batch';
import type { ModelTensors, PackedWeights } from './tensors';

/** What the backward pass of one layer needs. */
export interface LayerActivations {
  /** Input of the layer, [N, d]. */
  x: DeviceBuffer;
  stats1: DeviceBuffer;
  normal1: DeviceBuffer;
  qkv: DeviceBuffer;
  probabilities: DeviceBuffer | null;
  attended: DeviceBuffer;
  /** After attention and its residual, [N, d]. */
  middle: DeviceBuffer;
  stats2: DeviceBuffer;
  normal2: DeviceBuffer;
  /** Before and after GELU, [N, 4d]. */
  up: DeviceBuffer;
  active: DeviceBuffer;
}

export interface Activations {
  layers: LayerActivations[];
  /** Output of the last layer, before the final layer norm, [N, d]. */
  x: DeviceBuffer;
}

export const attentionShape = (config: GptConfig): AttentionShape => ({
  heads: config.nHead,
  headDim: config.nEmbd / config.nHead,
});

/**
 * GPT-2's blocks (Radford et al. 2019, pre-norm) over ragged rows. With `keep`, every layer has its own
 * buffers for the backward pass; without, layers share them. `onQkv` sees each layer's [N, 3d]
 * (to fill a cache).
 */
export function forward(
  kernels: Kernels,
  config: GptConfig,
  tensors: ModelTensors,
  packed: PackedWeights,
  batch: Pick<RaggedBatch, 'rows' | 'tokens' | 'ids' | 'positions'>,
  keep: boolean,
  onQkv?: (layer: number, qkv: DeviceBuffer) => void,
): Activations {
  const d = config.nEmbd;
  const n = batch.tokens;
  const shape = attentionShape(config);
  const buffers = () => ({
    stats1: kernels.temporary(n * 2),
    normal1: kernels.temporary(n * d),
    qkv: kernels.temporary(n * 3 * d),
    probabilities: keep ? kernels.temporary(kernels.attentionProbabilities(batch.rows, shape)) : null,
    attended: kernels.temporary(n * d),
    middle: kernels.temporary(n * d),
    stats2: kernels.temporary(n * 2),
    normal2: kernels.temporary(n * d),
    up: kernels.temporary(n * 4 * d),
    active: kernels.temporary(n * 4 * d),
  });
  let x = kernels.temporary(n * d);
  kernels.embedding(tensors.wte, tensors.wpe, batch.ids, batch.positions, x, n, d);
  const layers: LayerActivations[] = [];
  const shared = keep ? null : buffers();
  let next = keep ? null : kernels.temporary(n * d);
  tensors.layers.forEach((layer, i) => {
    const w = packed.layers[i]!;
    const a: LayerActivations = { x, ...(shared ?? buffers()) };
    kernels.layerNorm(x, layer.ln1.weight, layer.ln1.bias, a.normal1, a.stats1, n, d);
    kernels.linear(a.normal1, w.qkv, layer.qkv.bias, null, a.qkv, n);
    onQkv?.(i, a.qkv);
    kernels.attention(a.qkv, batch.rows, shape, a.probabilities, a.attended);
    kernels.linear(a.attended, w.projection, layer.projection.bias, x, a.middle, n);
    kernels.layerNorm(a.middle, layer.ln2.weight, layer.ln2.bias, a.normal2, a.stats2, n, d);
    linearGelu(kernels, a.normal2, w.up, layer.up.bias, a.up, a.active, n);
    const out = next ?? kernels.temporary(n * d);
    kernels.linear(a.active, w.down, layer.down.bias, a.middle, out, n);
    if (next) next = x;
    x = out;
    layers.push(a);
  });
  return { layers, x };
}

/** active[m, n] = gelu(out), out[m, n] = x[m, k] · w + bias. */
function linearGelu(
  kernels: Kernels,
  x: DeviceBuffer,
  w: PackedMatrix,
  bias: DeviceBuffer,
  out: DeviceBuffer,
  active: DeviceBuffer,
  m: number,
): void {
  if (kernels.linearGelu) return kernels.linearGelu(x, w, bias, out, active, m);
  kernels.linear(x, w, bias, null, out, m);
  kernels.gelu(out, active, m * w.n);
}
