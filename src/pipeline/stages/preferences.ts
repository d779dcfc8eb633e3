import { z } from 'zod';
import { writeFormula } from '../contract/formula';
import { amount, share } from '../contract/figures';
import type { LanguageModel } from '../../engine/types';
import type { Rng } from '../../random/rng';
import { preferenceLabel, type Labeler } from '../../world';
import type { Split } from '../../world/types';
import { AGREEMENT_FIGURES, drawPanel, judged, panelAgreement } from '../measures/labeler-panel';
import { choice, integer, number } from '../contract/settings';
import { mean } from '../maths/statistics';
import {
  defineStage,
  modelOf,
  parent,
  streamOf,
  type PreferencePair,
  type StageContext,
} from '../contract/stage';
import { drawPrompts, goldOf } from '../data/tokens';

const settings = z.object({
  pairs: integer(4000, 2, 100_000, {
    label: 'comparisons',
    unit: 'pairs',
    typical: [500, 10_000],
    effect: 'More: a better reward model and more for DPO to learn from.',
  }),
  heldOutPairs: integer(512, 2, 10_000, {
    label: 'held-out comparisons',
    unit: 'pairs',
    typical: [256, 1024],
    effect: 'More: a narrower interval on the accuracy.',
    advanced: true,
  }),
  labelTemperature: number(0.15, 0.001, 10, {
    label: 'label temperature',
    unit: 'gold reward',
    typical: [0.05, 0.5],
    effect: 'Higher: labelers are less sure about close calls.',
  }),
  flipRate: number(0, 0, 0.5, {
    label: 'flip rate',
    symbol: '\\varepsilon',
    typical: [0, 0.4],
    effect: 'Share of labels turned around by mistake; 0.5 is pure noise.',
  }),
  bias: choice(['none', 'length', 'flattery'], 'none', {
    label: 'labeler bias',
    effect: 'Labelers who also like longer answers, or flattery; the aligned model inherits it.',
  }),
  disagreement: number(0, 0, 5, {
    label: 'labelers differ in taste by',
    unit: 'spread',
    typical: [0, 2],
    effect: 'Higher: ten people with tastes of their own, who agree less; 0: all judge alike.',
    advanced: true,
  }),
});

export type PreferencesSettings = z.infer<typeof settings>;

/**
 * Labelers compare two sampled answers of the SFT model to the same prompt (Bradley–Terry on gold, with
 * noise and bias; with `disagreement`, one of ten people for each). Identical answers are not shown. Both the reward model and DPO learn from these labels.
 */
export const preferences = defineStage({
  name: 'preferences',
  version: 2,
  settings,
  inputs: ['sft'],
  place: { kind: 'trunk', fills: ['preferences'], mayFill: [] },
  learnsFrom: null,
  metrics: { agreement: 'loss' },
  figures: { pairs: amount('pairs'), agreement: share(), ...AGREEMENT_FIGURES },
  headline: [{ figure: 'agreement', from: 'summary', until: ['agreement'] }],
  formula: () =>
    writeFormula('labels', (symbol) => {
      const flips = symbol('flipRate', '\\varepsilon');
      return [
        `P(y_1\\succ y_2)=(1-${flips})\\,\\sigma(d)+${flips}\\,\\sigma(-d)`,
        `d=\\frac{g(y_1)-g(y_2)}{${symbol('labelTemperature', '\\tau')}}`,
      ];
    }),
  async *run(context, s, parents) {
    const model = modelOf(context, parent(parents, 'sft'));
    const stream = (purpose: string) => streamOf(context, 'preferences', purpose);
    const chunk = 512;
    try {
      const pairs: PreferencePair[] = [];
      const prompts = stream('prompts');
      const noise = stream('noise');
      const labels = stream('labels');
      let update = 0;
      const updates = Math.ceil(s.pairs / chunk);
      // A policy that has collapsed produces few different answers; do not wait for them forever.
      for (let attempts = 0; pairs.length < s.pairs && attempts < 4 * updates; attempts++) {
        const fresh = await comparePairs(context, s, model, chunk, 'train', { prompts, noise, labels });
        pairs.push(...fresh.slice(0, s.pairs - pairs.length));
        update = Math.min(updates, Math.ceil(pairs.length / chunk));
        yield {
          type: 'metrics',
          update,
          updates,
          samples: pairs.length,
          tokens: pairs.reduce((sum, p) => sum + p.chosen.length + p.rejected.length, 0),
          metrics: { agreement: agreement(pairs) },
        };
      }
      const heldOut = await comparePairs(context, s, model, s.heldOutPairs, 'heldOut', {
        prompts: stream('held-out prompts'),
        noise: stream('held-out noise'),
        labels: stream('held-out labels'),
      });
      return {
        artifact: { kind: 'preferences', pairs, heldOut },
        summary: {
          pairs: pairs.length,
          agreement: agreement(pairs),
          ...panelAgreement(heldOut, drawPanel(context, s.disagreement), labelerOf(s)),
        },
      };
    } finally {
      model.dispose();
    }
  },
});

/** Share of pairs whose label agrees with the gold order, equal golds counted half. */
export const agreement = (pairs: readonly PreferencePair[]): number =>
  mean(pairs.map((p) => (p.goldChosen > p.goldRejected ? 1 : p.goldChosen === p.goldRejected ? 0.5 : 0)));

/** How labels are given; without `disagreement` by one labeler. */
type Judgement = Pick<PreferencesSettings, 'labelTemperature' | 'flipRate' | 'bias'> & {
  disagreement?: number;
};

/** Samples two answers per prompt and labels them; pairs of identical answers are dropped. */
export async function comparePairs(
  context: StageContext,
  s: Judgement,
  model: LanguageModel,
  count: number,
  split: Split,
  streams: { prompts: Rng; noise: Rng; labels: Rng },
): Promise<PreferencePair[]> {
  const { prompts, ids } = drawPrompts(context.task, streams.prompts, split, count);
  const labeler = labelerOf(s);
  const people = s.disagreement ? drawPanel(context, s.disagreement).train : null;
  const options = { maxNewTokens: context.task.maxNewTokens, temperature: 1 };
  const a = await model.generate(ids, { ...options, noiseKey: streams.noise.uint32() });
  const b = await model.generate(ids, { ...options, noiseKey: streams.noise.uint32() });
  return prompts.flatMap((prompt, i) => {
    const answers = [a.completions[i]!, b.completions[i]!] as const;
    if (answers[0].join() === answers[1].join()) return [];
    const gold = answers.map((c) => goldOf(context.task, prompt, c).total) as [number, number];
    const firstWins = preferenceLabel(
      streams.labels,
      judged(answers[0], gold[0]),
      judged(answers[1], gold[1]),
      people ? { ...labeler, taste: streams.labels.choice(people) } : labeler,
    );
    const [w, l] = firstWins ? [0, 1] : [1, 0];
    return [
      {
        prompt: ids[i]!,
        chosen: answers[w as 0 | 1],
        rejected: answers[l as 0 | 1],
        goldChosen: gold[w]!,
        goldRejected: gold[l]!,
      },
    ];
  });
}

const labelerOf = (s: Pick<PreferencesSettings, 'labelTemperature' | 'flipRate' | 'bias'>): Labeler => ({
  temperature: s.labelTemperature,
  flipRate: s.flipRate,
  bias: s.bias,
});
