import type { AttentionShape, DeviceBuffer, Kernels, PackedMatrix } from '../../kernels/kernels';
import type { Args } from '../../kernels/operations';
import type { GptConfig } from '../../model/config';
import type { FoldedBatch } from './fold';
import type { ReadyModel } from './tensors';

/** What the backward pass of one layer needs. */
export interface LayerActivations {
  /** Input of the layer, [N, d]. */
  x: DeviceBuffer;
  stats1: DeviceBuffer;
  normal1: DeviceBuffer;
  qkv: DeviceBuffer;
  /** Absent if nothing is kept. */
  probabilities?: DeviceBuffer | undefined;
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

interface ForwardOptions {
  /** Every layer gets buffers of its own for the backward pass; else layers share them. */
  keep: boolean;
  /** Sees each layer's [N, 3d] (to fill a cache). */
  onQkv?: (layer: number, qkv: DeviceBuffer) => void;
}

/** GPT-2's blocks (Radford et al. 2019, pre-norm) over ragged rows; of a folded batch (never kept) over its nodes. */
export function forward(
  { kernels, config, tensors, packed }: ReadyModel,
  { rows, tokens, ids, positions, fold }: Pick<FoldedBatch, 'rows' | 'tokens' | 'ids' | 'positions' | 'fold'>,
  { keep, onQkv }: ForwardOptions,
): Activations {
  const d = config.nEmbd;
  const n = tokens;
  const shape = attentionShape(config);
  const size = { rows: n, width: d };
  const buffers = () => ({
    stats1: kernels.temporary(n * 2),
    normal1: kernels.temporary(n * d),
    qkv: kernels.temporary(n * 3 * d),
    probabilities: keep ? kernels.temporary(kernels.attentionProbabilities(rows, shape)) : undefined,
    attended: kernels.temporary(n * d),
    middle: kernels.temporary(n * d),
    stats2: kernels.temporary(n * 2),
    normal2: kernels.temporary(n * d),
    up: kernels.temporary(n * 4 * d),
    active: kernels.temporary(n * 4 * d),
  });
  let x = kernels.temporary(n * d);
  const { wte, wpe } = tensors;
  kernels.embedding({ wte, wpe, ids, positions, out: x, tokens, width: d });
  const layers: LayerActivations[] = [];
  const shared = keep ? null : buffers();
  let next = keep ? null : kernels.temporary(n * d);
  const wide = fold && {
    qkv: kernels.temporary(fold.tokens * 3 * d),
    attended: kernels.temporary(fold.tokens * d),
  };
  tensors.layers.forEach((layer, i) => {
    const w = packed.layers[i]!;
    const a: LayerActivations = { x, ...(shared ?? buffers()) };
    kernels.layerNorm({ x, ...layer.ln1, out: a.normal1, stats: a.stats1, ...size });
    kernels.linear({ x: a.normal1, w: w.qkv, bias: layer.qkv.bias, out: a.qkv, m: n });
    onQkv?.(i, a.qkv);
    const whole = wide ?? a;
    if (fold)
      kernels.gatherRows({ x: a.qkv, index: fold.nodes, out: whole.qkv, rows: fold.tokens, width: 3 * d });
    kernels.attention({ qkv: whole.qkv, rows, shape, probabilities: a.probabilities, out: whole.attended });
    if (fold) kernels.gatherRows({ x: whole.attended, index: fold.places, out: a.attended, ...size });
    const { projection, down } = layer;
    kernels.linear({
      x: a.attended,
      w: w.projection,
      bias: projection.bias,
      residual: x,
      out: a.middle,
      m: n,
    });
    kernels.layerNorm({ x: a.middle, ...layer.ln2, out: a.normal2, stats: a.stats2, ...size });
    linearGelu(kernels, { x: a.normal2, w: w.up, bias: layer.up.bias, out: a.up, active: a.active, m: n });
    const out = next ?? kernels.temporary(n * d);
    kernels.linear({ x: a.active, w: w.down, bias: down.bias, residual: a.middle, out, m: n });
    if (next) next = x;
    x = out;
    layers.push(a);
  });
  return { layers, x };
}

/** active[m, n] = gelu(out), out[m, n] = x[m, k] · w + bias. */
function linearGelu(kernels: Kernels, args: Args<'linearGelu', DeviceBuffer, PackedMatrix>): void {
  if (kernels.linearGelu) return kernels.linearGelu(args);
  const { x, w, bias, out, active, m } = args;
  kernels.linear({ x, w, bias, out, m });
  kernels.gelu({ x: out, out: active, length: m * w.n });
}
