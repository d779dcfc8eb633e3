import { checkFinite } from '../../model/checkpoint';
import {
  CheckpointError,
  readSafetensors,
  writeSafetensors,
  type Dtype,
  type StoredTensor,
} from '../../model/safetensors';
import { VOCABULARY } from '../../world';
import type { Artifact, PreferencePair, PreferencesArtifact } from './artifacts';

const SPLITS = ['pairs', 'heldOut'] as const;
const PARTS = ['prompt', 'chosen', 'rejected'] as const;
const REWARDS = ['goldChosen', 'goldRejected'] as const;

/** Ids of all pairs behind each other, with the length of every piece, so that the file stays flat. */
export function packPreferences(
  artifact: PreferencesArtifact,
  metadata: Record<string, string> = {},
): Uint8Array<ArrayBuffer> {
  const tensors = new Map<string, StoredTensor>();
  // Int32 in memory, so that the writer sees what does not fit into 16 bits
  const counts = (name: string, values: readonly number[]) =>
    tensors.set(name, { dtype: 'U16', shape: [values.length], data: Int32Array.from(values) });
  for (const split of SPLITS) {
    const pairs = artifact[split];
    for (const part of PARTS) {
      counts(
        `${split}.${part}`,
        pairs.flatMap((p) => [...p[part]]),
      );
      counts(
        `${split}.${part}.lengths`,
        pairs.map((p) => p[part].length),
      );
    }
    for (const gold of REWARDS) {
      const data = Float32Array.from(pairs, (p) => p[gold]);
      checkFinite(`${split}.${gold}`, data);
      tensors.set(`${split}.${gold}`, { dtype: 'F32', shape: [pairs.length], data });
    }
  }
  return writeSafetensors({ tensors, metadata });
}

const NAMES = new Set(
  SPLITS.flatMap((split) => [
    ...PARTS.flatMap((part) => [`${split}.${part}`, `${split}.${part}.lengths`]),
    ...REWARDS.map((gold) => `${split}.${gold}`),
  ]),
);

/** Reads what packPreferences wrote. Throws a CheckpointError that names what is wrong. */
export function unpackPreferences(bytes: Uint8Array): PreferencesArtifact {
  const { tensors } = readSafetensors(bytes);
  for (const tensor of tensors.keys())
    if (!NAMES.has(tensor)) throw new CheckpointError({ code: 'checkpoint.unexpected', values: { tensor } });
  const numbers = (name: string, dtype: Dtype): StoredTensor['data'] => {
    const tensor = tensors.get(name);
    if (!tensor) throw new CheckpointError({ code: 'checkpoint.missing', values: { tensor: name } });
    if (tensor.dtype !== dtype) {
      const values = { tensor: name, dtype: tensor.dtype, expected: [dtype] };
      throw new CheckpointError({ code: 'checkpoint.dtype', values });
    }
    if (tensor.shape.length !== 1) {
      const values = { tensor: name, shape: [...tensor.shape], expected: [tensor.data.length] };
      throw new CheckpointError({ code: 'checkpoint.shape', values });
    }
    checkFinite(name, tensor.data);
    return tensor.data;
  };
  /** One entry of a tensor for every pair. */
  const perPair = (name: string, dtype: Dtype, pairs: number) => {
    const data = numbers(name, dtype);
    if (data.length !== pairs) {
      const values = { tensor: name, count: data.length, expected: pairs };
      throw new CheckpointError({ code: 'preferences.counts', values });
    }
    return data;
  };
  const pieces = (name: string, pairs: number): number[][] => {
    const ids = Array.from(numbers(name, 'U16'));
    const unknown = ids.find((id) => id >= VOCABULARY.length);
    if (unknown !== undefined) {
      const values = { tensor: name, id: unknown, size: VOCABULARY.length };
      throw new CheckpointError({ code: 'preferences.id', values });
    }
    let at = 0;
    const lengths = perPair(`${name}.lengths`, 'U16', pairs);
    const out = Array.from(lengths, (length) => ids.slice(at, (at += length)));
    if (at !== ids.length)
      throw new CheckpointError({
        code: 'preferences.lengths',
        values: { tensor: name, sum: at, count: ids.length },
      });
    return out;
  };
  const read = (split: string): PreferencePair[] => {
    const pairs = numbers(`${split}.prompt.lengths`, 'U16').length;
    const [prompts, chosen, rejected] = PARTS.map((part) => pieces(`${split}.${part}`, pairs));
    const [goldChosen, goldRejected] = REWARDS.map((gold) => perPair(`${split}.${gold}`, 'F32', pairs));
    return prompts!.map((prompt, i) => ({
      prompt,
      chosen: chosen![i]!,
      rejected: rejected![i]!,
      goldChosen: goldChosen![i]!,
      goldRejected: goldRejected![i]!,
    }));
  };
  return { kind: 'preferences', pairs: read('pairs'), heldOut: read('heldOut') };
}

/** The labels that an artifact holds, packed or not; undefined for one of another kind. */
export function preferencesOf(artifact: Artifact): PreferencesArtifact | undefined {
  switch (artifact.kind) {
    case 'preferences':
      return artifact;
    case 'packed-preferences':
      return unpackPreferences(artifact.bytes);
    default:
      return undefined;
  }
}
