import { message } from '../messages';
import { loadCheckpoint, saveCheckpoint } from '../model/checkpoint';
import { CheckpointError, readSafetensors } from '../model/safetensors';
import { packPreferences } from '../pipeline/contract/packed-preferences';
import type { Artifact } from '../pipeline/contract/stage';

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
      return packPreferences(artifact, { ...metadata, kind: 'preferences' });
    case 'packed-preferences':
      return new Uint8Array(artifact.bytes);
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
      return { kind: 'packed-preferences', bytes }; // unpacked by the stage that reads them
    default:
      throw new CheckpointError(message('checkpoint.kind', { got: String(JSON.stringify(metadata['kind'])) }));
  }
}

function finite(metadata: Record<string, string>, name: string): number {
  const value = Number(metadata[name] ?? NaN);
  if (!Number.isFinite(value)) throw new CheckpointError(message('checkpoint.notNumber', { name }));
  return value;
}
