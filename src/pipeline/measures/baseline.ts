import type { BaselineArtifact } from '../contract/stage';
import type { Baseline } from './evaluate';
import { answerOf, packedAnswers } from './reference-answers';

/** A baseline as typed arrays, to be handed to several arms. */
export const packedBaseline = ({ completions, gold, entropy }: Baseline): BaselineArtifact => ({
  kind: 'baseline',
  ...packedAnswers(completions),
  gold,
  entropy,
});

/** And back. */
export const unpackedBaseline = (artifact: BaselineArtifact): Baseline => ({
  completions: Array.from(artifact.gold, (_, i) => [...answerOf(artifact, i)]),
  gold: artifact.gold,
  entropy: artifact.entropy,
});
