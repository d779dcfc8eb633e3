import { z } from 'zod';
import type { LanguageModel } from '../../engine/types';
import { EOS } from '../../world';
import { Arm, ARM_FIGURES } from '../training/arm';
import { drawEvaluationPrompts, finalAnswers, sampleGold, winRates } from '../measures/evaluate';
import { sequenceKl } from '../maths/kl';
import { maskedMean, total } from '../maths/matrix';
import { sometimes } from '../contract/figures';
import { integer } from '../contract/settings';
import {
  defineStage,
  modelOf,
  parent,
  streamOf,
  type Evaluation,
  type FinalAnswers,
  type StageContext,
} from '../contract/stage';
import { distinctN, mean } from '../maths/statistics';
import { completionIds, promptIds, sequence } from '../data/tokens';

const settings = z.object({
  shots: integer(0, 0, 8, {
    label: 'examples in the prompt',
    unit: 'curated demonstrations',
    typical: [0, 3],
    effect: 'More: prompting in place of training; examples that do not fit the context are left out.',
  }),
});

export type ProbeSettings = z.infer<typeof settings>;

/**
 * Measures a model as it is, without training: an SFT model by itself (so that ways of doing SFT can be
 * compared as arms), or the base model with `start: 'pretrain'`, with curated demonstrations in the prompt
 * if wanted. KL and win rate are then against the same model without them.
 */
export const probe = defineStage({
  name: 'probe',
  version: 1,
  settings,
  inputs: ['sft'],
  place: { kind: 'lecture', armName: 'Probe' },
  learnsFrom: null,
  comparedWith: 'itself',
  answersPrompts: (s) => s.shots === 0, // examples in the prompt are not part of the model
  metrics: {},
  figures: { ...ARM_FIGURES, proxy: sometimes(ARM_FIGURES.proxy) },
  headline: [{ figure: 'gold', from: 'evaluation' }],
  async *run(context, s, parents) {
    const at = { update: 0, updates: 0, samples: 0, tokens: 0 };
    if (s.shots > 0) {
      const sft = parent(parents, 'sft');
      const model = modelOf(context, sft);
      try {
        const { evaluation, answers } = await evaluatePrompted(context, model, s.shots);
        yield { type: 'evaluation', ...at, evaluation };
        return { artifact: sft, summary: { ...evaluation }, answers };
      } finally {
        model.dispose();
      }
    }
    const arm = await Arm.open(context, parents);
    try {
      return yield* arm.finish(at);
    } finally {
      arm.dispose();
    }
  },
});

/** The yardstick of all arms for a model whose prompts begin with solved examples. */
async function evaluatePrompted(
  context: StageContext,
  model: LanguageModel,
  shots: number,
): Promise<{ evaluation: Evaluation; answers: FinalAnswers }> {
  const plain = drawEvaluationPrompts(context, context.evaluation.finalPrompts);
  const examples = streamOf(context, 'probe', 'examples');
  const room = model.config.nPositions - context.task.maxNewTokens;
  const ids = plain.ids.map((prompt) => {
    const out: number[] = [];
    for (let k = 0; k < shots; k++) {
      const demonstration = context.task.demonstration(examples, 'curated');
      // the web writes one question after the other: neither <bos> nor <eos> in between
      const one = [
        ...promptIds(demonstration.prompt).slice(1),
        ...completionIds(demonstration.completion).slice(0, -1),
      ];
      if (out.length + one.length + prompt.length <= room) out.push(...one);
    }
    return [prompt[0]!, ...out, ...prompt.slice(1)];
  });
  const baseline = await sampleGold(context, model, plain);
  const { completions, gold } = await sampleGold(context, model, { prompts: plain.prompts, ids });
  const kl: number[] = [];
  const entropy: number[] = [];
  for (const [i, completion] of completions.entries()) {
    const mine = await model.evaluate([sequence(ids[i]!, completion)], { logProbs: true, entropy: true });
    const theirs = await model.evaluate([sequence(plain.ids[i]!, completion)], { logProbs: true });
    kl.push(...sequenceKl(mine.logProbs!, theirs.logProbs!, mine.mask));
    entropy.push(maskedMean(mine.entropy!, mine.mask) * total(mine.mask));
  }
  const tokens = completions.reduce((sum, c) => sum + c.length, 0);
  const answers = finalAnswers({ completions, gold });
  const evaluation: Evaluation = {
    gold: mean(gold),
    kl: mean(kl),
    ...winRates(answers, finalAnswers(baseline)),
    prompts: gold.length,
    eosRate: mean(completions.map((c) => (c.at(-1) === EOS ? 1 : 0))),
    length: mean(completions.map((c) => c.length)),
    distinct1: distinctN(completions, 1),
    distinct2: distinctN(completions, 2),
    entropy: entropy.reduce((a, b) => a + b, 0) / Math.max(1, tokens),
  };
  return { evaluation, answers };
}
