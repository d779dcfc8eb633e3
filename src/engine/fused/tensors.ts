import type { DeviceBuffer, Kernels, PackedMatrix } from '../../kernels/kernels';
import type { GptConfig } from '../../model/config';
import { parameterLayout } from '../../model/parameters';

/** Weight and bias of a linear layer or a layer norm. */
export interface Affine {
  weight: DeviceBuffer;
  bias: DeviceBuffer;
}

export interface LayerTensors {
  ln1: Affine;
  /** [d, 3d] */
  qkv: Affine;
  /** [d, d] */
  projection: Affine;
  ln2: Affine;
  /** [d, 4d] */
  up: Affine;
  /** [4d, d] */
  down: Affine;
}

/** Named views of one flat buffer: the parameters, or their gradients. */
export interface ModelTensors {
  wte: DeviceBuffer;
  wpe: DeviceBuffer;
  layers: LayerTensors[];
  lnF: Affine;
  score: Affine;
}

/** Views into a flat buffer that is laid out by `parameterLayout`. */
export function modelTensors(kernels: Kernels, config: GptConfig, flat: DeviceBuffer): ModelTensors {
  const views = new Map(parameterLayout(config).map((p) => [p.name, kernels.slice(flat, p.offset, p.size)]));
  const affine = (name: string): Affine => ({
    weight: views.get(`${name}.weight`)!,
    bias: views.get(`${name}.bias`)!,
  });
  return {
    wte: views.get('transformer.wte.weight')!,
    wpe: views.get('transformer.wpe.weight')!,
    layers: Array.from({ length: config.nLayer }, (_, i) => ({
      ln1: affine(`transformer.h.${i}.ln_1`),
      qkv: affine(`transformer.h.${i}.attn.c_attn`),
      projection: affine(`transformer.h.${i}.attn.c_proj`),
      ln2: affine(`transformer.h.${i}.ln_2`),
      up: affine(`transformer.h.${i}.mlp.c_fc`),
      down: affine(`transformer.h.${i}.mlp.c_proj`),
    })),
    lnF: affine('transformer.ln_f'),
    score: affine('score'),
  };
}

export interface PackedLayer {
  qkv: PackedMatrix;
  projection: PackedMatrix;
  up: PackedMatrix;
  down: PackedMatrix;
}

/** The matrices of a model as right operands of `linear`. */
export interface PackedWeights {
  layers: PackedLayer[];
  /** Tied output embedding. */
  head: PackedMatrix;
}

/** A model on a device. */
export interface DeviceModel {
  kernels: Kernels;
  config: GptConfig;
  tensors: ModelTensors;
}

/** With its matrices prepared for a forward pass. */
export interface ReadyModel extends DeviceModel {
  packed: PackedWeights;
}

/** The same model with its matrices prepared as they are now (temporaries of the enclosing frame). */
export const readyModel = (model: DeviceModel): ReadyModel => ({
  ...model,
  packed: packWeights(model, false),
});

/** Right operands for the forward pass, or (transposed) for the gradients of activations. */
export function packWeights({ kernels, config, tensors }: DeviceModel, transposed: boolean): PackedWeights {
  const { nEmbd: d, vocabSize } = config;
  const pack = (matrix: DeviceBuffer, rows: number, cols: number) =>
    kernels.packMatrix({ matrix, rows, cols, transposed });
  return {
    layers: tensors.layers.map((layer) => ({
      qkv: pack(layer.qkv.weight, d, 3 * d),
      projection: pack(layer.projection.weight, d, d),
      up: pack(layer.up.weight, d, 4 * d),
      down: pack(layer.down.weight, 4 * d, d),
    })),
    head: kernels.packMatrix({ matrix: tensors.wte, rows: vocabSize, cols: d, transposed: !transposed }),
  };
}
