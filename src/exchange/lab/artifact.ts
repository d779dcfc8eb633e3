import { loadArtifact } from '../../checkpoints/artifact-file';
import { message, MessageError } from '../../messages';
import { MODEL_SIZES, type ModelSize } from '../../model/config';
import { VOCABULARY_SIZE } from '../../model/tokens';
import type { Artifact } from '../../pipeline/contract/artifacts';
import { preferencesOf } from '../../pipeline/contract/packed-preferences';
import { fillersOf, type StageName } from '../../pipeline/stages';

type Kind = 'model' | 'reward' | 'preferences';

/** What a stage makes. */
function kindOf(stage: StageName): Kind {
  if ((fillersOf('reward') as readonly StageName[]).includes(stage)) return 'reward';
  return (fillersOf('preferences') as readonly StageName[]).includes(stage) ? 'preferences' : 'model';
}

const differs = (name: string, got: string, expected: string) =>
  new MessageError(message('exchange.differs', { name, got, expected }));

/** Reads what a stage of this size has made. Throws a MessageError where it cannot be that. */
export function artifactOf(bytes: Uint8Array, stage: StageName, size: ModelSize): Artifact {
  const artifact = loadArtifact(bytes);
  const kind = artifact.kind === 'packed-preferences' ? 'preferences' : artifact.kind;
  if (kind !== kindOf(stage)) throw differs('kind', kind, kindOf(stage));
  const shape = { ...MODEL_SIZES[size], vocabSize: VOCABULARY_SIZE };
  if (artifact.kind === 'model' || artifact.kind === 'reward') {
    for (const name of Object.keys(shape) as (keyof typeof shape)[])
      if (artifact.config[name] !== shape[name])
        throw differs(name, String(artifact.config[name]), String(shape[name]));
    return artifact;
  }
  const { pairs, heldOut } = preferencesOf(artifact)!; // throws where it cannot be unpacked
  for (const { prompt, chosen, rejected } of [...pairs, ...heldOut]) {
    const tokens = prompt.length + Math.max(chosen.length, rejected.length);
    if (tokens > shape.nPositions)
      throw new MessageError(message('exchange.tooLong', { tokens, most: shape.nPositions }));
    if (Math.min(prompt.length, chosen.length, rejected.length) === 0)
      throw new MessageError(message('exchange.noTokens', {}));
  }
  return artifact;
}
