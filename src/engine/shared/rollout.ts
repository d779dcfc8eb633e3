import type { GenerateOptions, LanguageModel, Rollout } from '../types';

/** A rollout with what is wanted of it: where sampling does not tell, by a pass over the answers. */
export async function withOutputs(
  model: Pick<LanguageModel, 'evaluate'>,
  prompts: readonly (readonly number[])[],
  { want, onlyIfKnown }: GenerateOptions,
  sampled: Promise<Rollout>,
): Promise<Rollout> {
  const rollout = await sampled;
  if (!want || onlyIfKnown || rollout.outputs) return rollout;
  const batch = prompts.map((ids, i) => ({
    ids: [...ids, ...rollout.completions[i]!],
    start: ids.length,
  }));
  return { ...rollout, outputs: await model.evaluate(batch, want) };
}
