import { message } from '../../messages';
import {
  CheckpointError,
  readSafetensors,
  writeSafetensors,
  type StoredTensor,
} from '../../model/safetensors';
import type { PreferencePair, PreferencesArtifact } from './stage';

const PARTS = ['prompt', 'chosen', 'rejected'] as const;

/** Ids of all pairs behind each other, with the length of every piece, so that the file stays flat. */
export function packPreferences(
  artifact: PreferencesArtifact,
  metadata: Record<string, string> = {},
): Uint8Array<ArrayBuffer> {
  const tensors = new Map<string, StoredTensor>();
  for (const split of ['pairs', 'heldOut'] as const) {
    const pairs = artifact[split];
    for (const part of PARTS) {
      const ids = pairs.flatMap((p) => [...p[part]]);
      tensors.set(`${split}.${part}`, { dtype: 'U16', shape: [ids.length], data: Uint16Array.from(ids) });
      const lengths = pairs.map((p) => p[part].length);
      tensors.set(`${split}.${part}.lengths`, {
        dtype: 'U16',
        shape: [pairs.length],
        data: Uint16Array.from(lengths),
      });
    }
    for (const gold of ['goldChosen', 'goldRejected'] as const)
      tensors.set(`${split}.${gold}`, {
        dtype: 'F32',
        shape: [pairs.length],
        data: Float32Array.from(pairs, (p) => p[gold]),
      });
  }
  return writeSafetensors({ tensors, metadata });
}

/** Reads what packPreferences wrote. Throws a CheckpointError that names what is wrong. */
export function unpackPreferences(bytes: Uint8Array): PreferencesArtifact {
  const { tensors } = readSafetensors(bytes);
  const numbers = (name: string): ArrayLike<number> => {
    const tensor = tensors.get(name);
    if (!tensor) throw new CheckpointError(message('checkpoint.missing', { name }));
    return tensor.data;
  };
  const pieces = (name: string): number[][] => {
    const ids = Array.from(numbers(name));
    let at = 0;
    const out = Array.from(numbers(`${name}.lengths`), (length) => ids.slice(at, (at += length)));
    if (at !== ids.length)
      throw new CheckpointError(message('checkpoint.lengths', { name, sum: at, count: ids.length }));
    return out;
  };
  const read = (split: string): PreferencePair[] => {
    const [prompts, chosen, rejected] = PARTS.map((part) => pieces(`${split}.${part}`));
    const goldChosen = numbers(`${split}.goldChosen`);
    const goldRejected = numbers(`${split}.goldRejected`);
    return prompts!.map((prompt, i) => ({
      prompt,
      chosen: chosen![i]!,
      rejected: rejected![i]!,
      goldChosen: goldChosen[i]!,
      goldRejected: goldRejected[i]!,
    }));
  };
  return { kind: 'preferences', pairs: read('pairs'), heldOut: read('heldOut') };
}
