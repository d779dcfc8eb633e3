import { message } from '../messages';
import { shown } from '../messages/shape';
import type { GptConfig } from './config';
import { flatLength, parameterLayout } from './parameters';
import { CheckpointError, readSafetensors, writeSafetensors, type StoredTensor } from './safetensors';

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
    throw new CheckpointError(
      message('checkpoint.weights', { count: weights.length, expected: flatLength(layout) }),
    );
  if (CONFIG_KEY in metadata) throw new CheckpointError(message('checkpoint.reserved', { name: CONFIG_KEY }));
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
  const layout = parameterLayout(config);
  const known = new Set(layout.map((p) => p.name));
  for (const name of tensors.keys())
    if (!known.has(name)) throw new CheckpointError(message('checkpoint.unexpected', { name }));
  for (const { name, shape } of layout) {
    const tensor = tensors.get(name);
    if (!tensor) throw new CheckpointError(message('checkpoint.missing', { name }));
    if (tensor.dtype !== 'F32' && tensor.dtype !== 'F16')
      throw new CheckpointError(
        message('checkpoint.dtype', { name, dtype: tensor.dtype, known: ['F32', 'F16'] }),
      );
    if (tensor.shape.join() !== shape.join())
      throw new CheckpointError(message('checkpoint.shape', { name, shape: tensor.shape, expected: shape }));
    checkFinite(name, tensor.data);
  }
  const weights = new Float32Array(flatLength(layout));
  for (const { name, offset } of layout) weights.set(tensors.get(name)!.data, offset);
  return { config, weights, metadata: rest };
}

function parseConfig(raw: string | undefined): GptConfig {
  if (raw === undefined) throw new CheckpointError(message('checkpoint.noConfig', { key: CONFIG_KEY }));
  let fields: Record<string, unknown>;
  try {
    fields = Object(JSON.parse(raw)) as Record<string, unknown>;
  } catch {
    throw new CheckpointError(message('checkpoint.notJson', { what: CONFIG_KEY }));
  }
  const entries = FIELDS.map(([field, name, most]) => {
    const value = fields[name];
    if (!Number.isInteger(value) || (value as number) < 1 || (value as number) > most)
      throw new CheckpointError(message('checkpoint.field', { name, max: most, got: shown(value) }));
    return [field, value as number];
  });
  const config = Object.fromEntries(entries) as unknown as GptConfig;
  if (config.nEmbd % config.nHead !== 0)
    throw new CheckpointError(message('checkpoint.heads', { heads: config.nHead, width: config.nEmbd }));
  return config;
}

function checkFinite(name: string, data: StoredTensor['data']): void {
  const at = data.findIndex((x: number) => !Number.isFinite(x));
  if (at >= 0)
    throw new CheckpointError(message('checkpoint.notFinite', { name, value: String(data[at]), index: at }));
}
