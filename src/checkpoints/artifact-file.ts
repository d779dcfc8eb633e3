import { loadCheckpoint, saveCheckpoint } from '../model/checkpoint';
import { CheckpointError, readSafetensors, writeSafetensors, type StoredTensor } from '../model/safetensors';
import type { Artifact, PreferencePair, PreferencesArtifact } from '../pipeline/stage';

/** A stage's artifact as a safetensors file; weights as half precision to keep the page small. */
export function saveArtifact(artifact: Artifact, metadata: Record<string, string> = {}): Uint8Array<ArrayBuffer> {
  switch (artifact.kind) {
    case 'model':
      return saveCheckpoint(artifact.config, artifact.weights, { ...metadata, kind: 'model' }, { dtype: 'F16' });
    case 'reward':
      return saveCheckpoint(
        artifact.config,
        artifact.weights,
        {
          ...metadata,
          kind: 'reward',
          mean: String(artifact.mean),
          deviation: String(artifact.deviation),
        },
        { dtype: 'F16' },
      );
    case 'preferences':
      return savePreferences(artifact, { ...metadata, kind: 'preferences' });
  }
}

/** Reads what saveArtifact wrote. Throws a CheckpointError that names what is wrong. */
export function loadArtifact(bytes: Uint8Array): Artifact {
  const { metadata } = readSafetensors(bytes);
  switch (metadata['kind']) {
    case 'model': {
      const { config, weights } = loadCheckpoint(bytes);
      return { kind: 'model', config, weights };
    }
    case 'reward': {
      const { config, weights } = loadCheckpoint(bytes);
      return {
        kind: 'reward',
        config,
        weights,
        mean: finite(metadata, 'mean'),
        deviation: finite(metadata, 'deviation'),
      };
    }
    case 'preferences':
      return loadPreferences(bytes);
    default:
      throw new CheckpointError(`metadata 'kind' is ${JSON.stringify(metadata['kind'])}; expected model, reward or preferences`);
  }
}

function finite(metadata: Record<string, string>, name: string): number {
  const value = Number(metadata[name] ?? NaN);
  if (!Number.isFinite(value)) throw new CheckpointError(`metadata '${name}' is not a number`);
  return value;
}

const PARTS = ['prompt', 'chosen', 'rejected'] as const;

/** Ids of all pairs behind each other, with the length of every piece, so that the file stays flat. */
function savePreferences(artifact: PreferencesArtifact, metadata: Record<string, string>): Uint8Array<ArrayBuffer> {
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

function loadPreferences(bytes: Uint8Array): PreferencesArtifact {
  const { tensors } = readSafetensors(bytes);
  const numbers = (name: string): ArrayLike<number> => {
    const tensor = tensors.get(name);
    if (!tensor) throw new CheckpointError(`tensor '${name}' is missing`);
    return tensor.data;
  };
  const pieces = (name: string): number[][] => {
    const ids = Array.from(numbers(name));
    let at = 0;
    const out = Array.from(numbers(`${name}.lengths`), (length) => ids.slice(at, (at += length)));
    if (at !== ids.length) throw new CheckpointError(`lengths of '${name}' add up to ${at}, not ${ids.length}`);
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
