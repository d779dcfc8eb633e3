import { z } from 'zod';
import { MessageError } from '../../messages';
import { writeFormula } from '../contract/formula';
import { amount, share } from '../contract/figures';
import { comparePairs, labelerOf } from '../data/comparisons';
import { drawPanel } from '../data/labelers';
import { AGREEMENT_FIGURES, panelAgreement } from '../measures/labeler-panel';
import { agreement } from '../measures/pair-accuracy';
import { present } from '../contract/present';
import { choice, integer, number } from '../contract/settings';
import { defineStage, modelOf, parent, streamOf, type PreferencePair } from '../contract/stage';

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
      let asked = 0;
      const updates = Math.ceil(s.pairs / chunk);
      // A policy that has collapsed produces few different answers; do not wait for them forever.
      for (let attempts = 0; pairs.length < s.pairs && attempts < 4 * updates; attempts++) {
        asked += chunk;
        const fresh = await comparePairs(context, s, model, chunk, 'train', { prompts, noise, labels });
        pairs.push(...fresh.slice(0, s.pairs - pairs.length));
        update = Math.min(updates, Math.ceil(pairs.length / chunk));
        yield {
          type: 'metrics',
          update,
          updates,
          samples: pairs.length,
          tokens: pairs.reduce((sum, p) => sum + p.chosen.length + p.rejected.length, 0),
          metrics: present({ agreement: agreement(pairs) }),
        };
      }
      if (pairs.length === 0) throw new MessageError({ code: 'answers.alike', values: { prompts: asked } });
      const heldOut = await comparePairs(context, s, model, s.heldOutPairs, 'heldOut', {
        prompts: stream('held-out prompts'),
        noise: stream('held-out noise'),
        labels: stream('held-out labels'),
      });
      return {
        artifact: { kind: 'preferences', pairs, heldOut },
        summary: {
          ...present({ pairs: pairs.length, agreement: agreement(pairs) }),
          ...(heldOut.length
            ? panelAgreement(heldOut, drawPanel(context, s.disagreement), labelerOf(s))
            : {}),
        },
      };
    } finally {
      model.dispose();
    }
  },
});
