import { z } from 'zod';
import { amount, share } from '../contract/figures';
import type { LanguageModel } from '../../engine/types';
import { MessageError } from '../../messages';
import type { Split } from '../../world/types';
import { comparePairs } from '../data/comparisons';
import { judgedPairs } from '../measures/judged';
import { agreement } from '../measures/pair-accuracy';
import { present } from '../contract/present';
import { choice, integer } from '../contract/settings';
import { defineStage, modelOf, parent, streamOf, type PreferencePair } from '../contract/stage';

const settings = z.object({
  pairs: integer(4000, 2, 100_000, {
    label: 'comparisons',
    unit: 'pairs',
    typical: [500, 10_000],
    effect: 'More: more for DPO to learn from; the judge costs nothing but time.',
  }),
  heldOutPairs: integer(512, 2, 10_000, {
    label: 'held-out comparisons',
    unit: 'pairs',
    typical: [256, 1024],
    effect: 'More: a narrower interval on the accuracy.',
    advanced: true,
  }),
  answers: choice(['student', 'pool'], 'student', {
    label: 'answers by',
    effect: 'Pool: every second batch of pairs is answered by the teacher, as if from several models.',
    advanced: true,
  }),
});

export type AiFeedbackSettings = z.infer<typeof settings>;

const NO_LABELER = { labelTemperature: 1, flipRate: 0, bias: 'none' } as const;

/**
 * AI feedback (Bai et al. 2022; Tunstall et al. 2023): pairs of sampled answers as in `preferences`, but the
 * labels come from a judge, the reward model of the teacher's trunk, instead of from people.
 */
export const aiFeedback = defineStage({
  name: 'ai-feedback',
  version: 2,
  settings,
  inputs: ['sft', 'teacher', 'judge'],
  place: { kind: 'trunk', fills: [], mayFill: ['preferences'] },
  learnsFrom: null,
  metrics: { agreement: 'loss' },
  figures: { pairs: amount('pairs'), agreement: share() },
  headline: [{ figure: 'agreement', from: 'summary', until: ['agreement'] }],
  async *run(context, s, parents) {
    const normaliser = parent(parents, 'judge');
    const [model, judge] = [modelOf(context, parent(parents, 'sft')), modelOf(context, normaliser)];
    const teacher = s.answers === 'pool' ? modelOf(context, parent(parents, 'teacher')) : null;
    const stream = (purpose: string) => streamOf(context, 'ai-feedback', purpose);
    const streams = {
      prompts: stream('prompts'),
      noise: stream('noise'),
      labels: stream('unused'),
      ties: stream('ties'),
    };
    const compare = async (from: LanguageModel, count: number, split: Split, drawn = streams) => {
      const pairs = await comparePairs(context, NO_LABELER, from, count, split, drawn);
      return judgedPairs(judge, normaliser, pairs, drawn.ties);
    };
    const chunk = 512;
    try {
      const pairs: PreferencePair[] = [];
      const updates = Math.ceil(s.pairs / chunk);
      let asked = 0;
      // A policy that has collapsed produces few different answers; do not wait for them forever.
      for (let attempts = 0; pairs.length < s.pairs && attempts < 4 * updates; attempts++) {
        asked += chunk;
        const from = teacher && attempts % 2 === 1 ? teacher : model;
        pairs.push(...(await compare(from, chunk, 'train')).slice(0, s.pairs - pairs.length));
        yield {
          type: 'metrics',
          update: Math.min(updates, Math.ceil(pairs.length / chunk)),
          updates,
          samples: pairs.length,
          tokens: pairs.reduce((sum, p) => sum + p.chosen.length + p.rejected.length, 0),
          metrics: present({ agreement: agreement(pairs) }),
        };
      }
      if (pairs.length === 0) throw new MessageError({ code: 'answers.alike', values: { prompts: asked } });
      const heldOut = await compare(model, s.heldOutPairs, 'heldOut', {
        prompts: stream('held-out prompts'),
        noise: stream('held-out noise'),
        labels: stream('held-out unused'),
        ties: stream('held-out ties'),
      });
      return {
        artifact: { kind: 'preferences', pairs, heldOut },
        summary: present({ pairs: pairs.length, agreement: agreement(pairs) }),
      };
    } finally {
      model.dispose();
      judge.dispose();
      teacher?.dispose();
    }
  },
});
