import { loadCheckpoint, saveCheckpoint } from '../model/checkpoint';
import { CheckpointError, readSafetensors } from '../model/safetensors';
import { packPreferences } from '../pipeline/contract/packed-preferences';
import type { Artifact } from '../pipeline/contract/stage';

/**
 * A stage's artifact as a safetensors file; weights as half precision to keep the page small, or as they are ('F32').
 */
export function saveArtifact(
  artifact: Artifact,
  metadata: Record<string, string> = {},
  dtype: 'F16' | 'F32' = 'F16',
): Uint8Array<ArrayBuffer> {
  switch (artifact.kind) {
    case 'model':
      return saveCheckpoint(artifact.config, artifact.weights, { ...metadata, kind: 'model' }, { dtype });
    case 'reward':
      return saveCheckpoint(
        artifact.config,
        artifact.weights,
        {
          ...metadata,
          kind: 'reward',
          mean: String(artifact.mean),
          deviation: String(artifact.deviation),
          ...(artifact.rule === undefined ? {} : { rule: artifact.rule }),
        },
        { dtype },
      );
    case 'preferences':
      return packPreferences(artifact, { ...metadata, kind: 'preferences' });
    case 'packed-preferences':
      return new Uint8Array(artifact.bytes);
    case 'samples':
    case 'scores':
    case 'baseline':
      throw new TypeError(`${artifact.kind} follow from what is stored`);
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
        mean: numberIn(metadata, 'mean', -Infinity),
        deviation: numberIn(metadata, 'deviation', 0),
        ...(metadata['rule'] === undefined ? {} : { rule: metadata['rule'] }),
      };
    }
    case 'preferences':
      return { kind: 'packed-preferences', bytes }; // unpacked by the stage that reads them
    default:
      throw new CheckpointError({
        code: 'artifact.kind',
        values: { kind: JSON.stringify(metadata['kind']) ?? 'undefined' },
      });
  }
}

/** A number above `bound`, written as `String(number)` does: `Number` would take an empty text for 0. */
function numberIn(metadata: Record<string, string>, name: string, bound: number): number {
  const text = metadata[name];
  const value = Number(text);
  if (text === undefined || String(value) !== text || !Number.isFinite(value) || value <= bound)
    throw new CheckpointError({
      code: 'artifact.number',
      values: { name, value: JSON.stringify(text) ?? 'undefined' },
    });
  return value;
}
