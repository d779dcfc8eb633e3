import { z } from 'zod';
import type { LanguageModel } from '../../engine/types';
import { withFreshHead } from '../../model/parameters';
import { openRule } from '../../sandbox/rule';
import { numeric } from '../contract/figures';
import { ownData } from '../contract/own';
import { present } from '../contract/present';
import { ruleAnswer } from '../contract/rule-answer';
import { flag, ownSetting } from '../contract/settings';
import { defineStage, modelOf, parent, streamOf, type StageContext } from '../contract/stage';
import { drawPrompts, sequence } from '../data/tokens';
import { correlation, mean, standardDeviation } from '../maths/statistics';
import { sampleGold } from '../measures/evaluate';

const settings = z.object({
  rule: ownSetting('reward', {
    label: 'reward function',
    effect:
      'A function of the answer’s words that you wrote; policies learn what it rewards, not what you meant.',
  }),
  normalise: flag(true, {
    label: 'centre and scale on SFT samples',
    effect: 'Off: the raw score scale decides what the KL coefficient means.',
    advanced: true,
  }),
});

export type RuleSettings = z.infer<typeof settings>;

/** Answers of SFT that the rule is centred, scaled and tried on. */
const SAMPLES = 512;

/**
 * A reward that a person wrote as a function of the answer's words, in the place of the reward model. Nothing is
 * trained: 512 answers of SFT centre and scale it, as they do a reward model, and show how it goes with gold.
 */
export const rule = defineStage({
  name: 'rule',
  version: 1,
  settings,
  inputs: ['sft'],
  place: { kind: 'trunk', fills: [], mayFill: ['reward'] },
  learnsFrom: null,
  metrics: {},
  figures: {
    goldCorrelation: numeric(2, { when: 'sometimes', range: [-1, 1] }), // of scores that differ
    rawMean: numeric(2),
    rawDeviation: numeric(2),
  },
  headline: [{ figure: 'goldCorrelation', from: 'summary', until: [] }],
  // eslint-disable-next-line require-yield -- nothing is trained
  async *run(context, s, parents) {
    const { source } = ownData(context, 'reward', s.rule);
    const sft = parent(parents, 'sft');
    const { scores, gold } = await scoredSamples(context, modelOf(context, sft), source);
    const [centre, deviation] = [mean(scores), standardDeviation(scores)];
    return {
      artifact: {
        kind: 'reward',
        config: sft.config,
        weights: withFreshHead(sft.config, sft.weights),
        ...(s.normalise ? { mean: centre, deviation: Math.max(1e-6, deviation) } : { mean: 0, deviation: 1 }),
        rule: source,
      },
      summary: present({
        goldCorrelation: correlation(scores, gold),
        rawMean: centre,
        rawDeviation: deviation,
      }),
    };
  },
});

/** Scores and gold of SFT's answers to training prompts. Disposes `sft`. Throws a RuleError where the rule is none. */
async function scoredSamples(context: StageContext, sft: LanguageModel, source: string) {
  try {
    const prompts = drawPrompts(context.task, streamOf(context, 'reward', 'scale'), 'train', SAMPLES);
    const { completions, gold } = await sampleGold(context, sft, prompts);
    const answers = completions.map((c, i) => ruleAnswer(sequence(prompts.ids[i]!, c)));
    const opened = await openRule(source);
    try {
      return { scores: opened.steadyScores(answers), gold };
    } finally {
      opened.dispose();
    }
  } finally {
    sft.dispose();
  }
}
