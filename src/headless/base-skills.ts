import type { Engine } from '../engine/types';
import type { LanguageModelArtifact } from '../pipeline/contract/stage';
import { rngFrom } from '../random/rng';
import { BOS, decode, encode, FACTS } from '../world';
import { withArticle } from '../world/facts';
import { LIST_OPERATIONS } from '../world/lexicon';
import { listExercise } from '../world/statements';

interface Cloze {
  prompt: readonly string[];
  answer: readonly string[];
}

/** Greedy accuracy of a base model on what the web text teaches: recall of facts and list operations. */
export async function baseSkills(
  engine: Engine,
  base: LanguageModelArtifact,
): Promise<Record<string, number>> {
  const model = engine.createModel(base.config, base.weights);
  const accuracy = async (items: readonly Cloze[]) => {
    const { completions } = await model.generate(
      items.map(({ prompt }) => [BOS, ...encode(prompt)]),
      { maxNewTokens: 6, temperature: 0, noiseKey: 0 },
    );
    const right = items.filter(
      ({ answer }, i) => decode(completions[i]!.slice(0, answer.length)).join(' ') === answer.join(' '),
    );
    return right.length / items.length;
  };
  const skills: Record<string, number> = {
    'recall of facts': await accuracy(
      FACTS.map((f) => ({
        prompt: ['the', f.relation, 'of', ...withArticle(f.subject), 'is'],
        answer: [f.object],
      })),
    ),
  };
  const rng = rngFrom('base-skills');
  for (const operation of LIST_OPERATIONS)
    skills[`${operation} of a list`] = await accuracy(
      Array.from({ length: 200 }, () => {
        const { items, result } = listExercise(rng, operation);
        return { prompt: ['the', operation, 'of', 'the', 'list', ...items, 'is'], answer: [...result, '.'] };
      }),
    );
  model.dispose();
  return skills;
}
