import type { GptConfig } from './config';
import { flatLength, parameterLayout } from './parameters';
import { CheckpointError, readSafetensors, writeSafetensors, type StoredTensor } from './safetensors';
import { shown } from '../messages/shape';
import { parseStrict } from './strict-json';

export { CheckpointError } from './safetensors';

export interface Checkpoint {
  config: GptConfig;
  /** Flat parameters in the layout of parameterLayout(config). */
  weights: Float32Array;
  /** Free-form notes, for example the seed, the stage and the vocabulary's hash. */
  metadata: Record<string, string>;
}

/** Metadata key that holds the model's shape, with the field names of published GPT-2 configurations. */
const CONFIG_KEY = 'gpt2_config';

/** Field here, name in the file, largest accepted value. */
const FIELDS = [
  ['vocabSize', 'vocab_size', 65536],
  ['nPositions', 'n_positions', 65536],
  ['nEmbd', 'n_embd', 8192],
  ['nLayer', 'n_layer', 256],
  ['nHead', 'n_head', 256],
] as const;

/** A safetensors file with GPT-2's tensor names. 'F16' halves the size; each number is rounded to the nearest half. */
export function saveCheckpoint(
  config: GptConfig,
  weights: Float32Array,
  metadata: Record<string, string> = {},
  options: { dtype?: 'F32' | 'F16' } = {},
): Uint8Array<ArrayBuffer> {
  const layout = parameterLayout(config);
  if (weights.length !== flatLength(layout))
    throw new CheckpointError({
      code: 'checkpoint.weights',
      values: { count: weights.length, expected: flatLength(layout) },
    });
  if (Object.hasOwn(metadata, CONFIG_KEY))
    throw new CheckpointError({ code: 'checkpoint.reserved', values: { name: CONFIG_KEY } });
  const dtype = options.dtype ?? 'F32';
  const tensors = new Map<string, StoredTensor>();
  for (const { name, shape, offset, size } of layout) {
    const data = weights.subarray(offset, offset + size);
    checkFinite(name, data);
    tensors.set(name, { dtype, shape, data });
  }
  const shape = JSON.stringify(Object.fromEntries(FIELDS.map(([field, name]) => [name, config[field]])));
  return writeSafetensors({ tensors, metadata: { ...metadata, [CONFIG_KEY]: shape } });
}

/** Reads what saveCheckpoint wrote. Throws a CheckpointError that names the first thing that is wrong. */
export function loadCheckpoint(bytes: Uint8Array): Checkpoint {
  const { tensors, metadata } = readSafetensors(bytes);
  const { [CONFIG_KEY]: rawConfig, ...rest } = metadata;
  const config = parseConfig(rawConfig);
  return { config, weights: flatWeights(config, tensors), metadata: rest };
}

/** The flat parameters of named tensors, all of them and no other. Throws a CheckpointError. */
export function flatWeights(config: GptConfig, tensors: ReadonlyMap<string, StoredTensor>): Float32Array {
  const layout = parameterLayout(config);
  const known = new Set(layout.map((p) => p.name));
  for (const name of tensors.keys())
    if (!known.has(name))
      throw new CheckpointError({ code: 'checkpoint.unexpected', values: { tensor: name } });
  for (const { name, shape } of layout) {
    const tensor = tensors.get(name);
    if (!tensor) throw new CheckpointError({ code: 'checkpoint.missing', values: { tensor: name } });
    if (tensor.dtype !== 'F32' && tensor.dtype !== 'F16')
      throw new CheckpointError({
        code: 'checkpoint.dtype',
        values: { tensor: name, dtype: tensor.dtype, expected: ['F32', 'F16'] },
      });
    if (tensor.shape.join() !== shape.join())
      throw new CheckpointError({
        code: 'checkpoint.shape',
        values: { tensor: name, shape: [...tensor.shape], expected: [...shape] },
      });
    checkFinite(name, tensor.data);
  }
  const weights = new Float32Array(flatLength(layout));
  for (const { name, offset } of layout) weights.set(tensors.get(name)!.data, offset);
  return weights;
}

function parseConfig(raw: string | undefined): GptConfig {
  if (raw === undefined)
    throw new CheckpointError({ code: 'checkpoint.noConfig', values: { name: CONFIG_KEY } });
  let fields: Record<string, unknown>;
  try {
    fields = Object(parseStrict(raw)) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof CheckpointError) throw error;
    throw new CheckpointError({ code: 'checkpoint.configJson', values: { name: CONFIG_KEY } });
  }
  const entries = FIELDS.map(([field, name, most]) => {
    const value = fields[name];
    if (!Number.isInteger(value) || (value as number) < 1 || (value as number) > most)
      throw new CheckpointError({
        code: 'checkpoint.field',
        values: { field: name, value: shown(value), most },
      });
    return [field, value as number];
  });
  const config = Object.fromEntries(entries) as unknown as GptConfig;
  if (config.nEmbd % config.nHead !== 0)
    throw new CheckpointError({
      code: 'checkpoint.heads',
      values: { heads: config.nHead, width: config.nEmbd },
    });
  return config;
}

/** Throws a CheckpointError if a tensor holds NaN or infinity. */
export function checkFinite(name: string, data: StoredTensor['data']): void {
  const at = data.findIndex((x: number) => !Number.isFinite(x));
  if (at >= 0)
    throw new CheckpointError({
      code: 'checkpoint.notFinite',
      values: { tensor: name, value: String(data[at]), index: at },
    });
}
