import { z } from 'zod';
import { MessageError } from '../../messages';
import { amount, share } from '../contract/figures';
import { ownData } from '../contract/own';
import { present } from '../contract/present';
import { integer, number, ownSetting } from '../contract/settings';
import { defineStage, modelOf, parent, streamOf, type PreferencePair } from '../contract/stage';
import { comparePairs, type Judgement } from '../data/comparisons';
import { comparisonName, readPairs } from '../data/own-pairs';
import { agreement } from '../measures/pair-accuracy';

const settings = z.object({
  labels: ownSetting('pairs', {
    label: 'labels',
    effect: 'Comparisons that people have made on this page or elsewhere; ties are left out.',
  }),
  simulated: integer(0, 0, 100_000, {
    label: 'simulated labels besides',
    unit: 'pairs',
    typical: [0, 4000],
    effect: 'More: what people have labelled weighs less beside what labelers of the lab have.',
  }),
  labelTemperature: number(0.15, 0.001, 10, {
    label: 'label temperature',
    unit: 'gold reward',
    typical: [0.05, 0.5],
    effect: 'Higher: the simulated labelers are less sure about close calls.',
    advanced: true,
  }),
  heldOutPairs: integer(512, 2, 10_000, {
    label: 'held-out comparisons',
    unit: 'pairs',
    typical: [256, 1024],
    effect: 'More: a narrower interval on the accuracy.',
    advanced: true,
  }),
});

export type OwnLabelsSettings = z.infer<typeof settings>;

/** Pairs that are drawn at once. */
const CHUNK = 512;

/**
 * Comparisons that people have made, alone or with the first so many of the simulated ones of `preferences` (those that
 * they have labelled themselves are left to them). Held-out comparisons are those of `preferences`, so that accuracies can
 * be laid side by side.
 */
export const ownLabels = defineStage({
  name: 'own-labels',
  version: 1,
  settings,
  inputs: ['sft'],
  place: { kind: 'trunk', fills: [], mayFill: ['preferences'] },
  learnsFrom: null,
  metrics: { agreement: 'loss' },
  figures: {
    pairs: amount('pairs'),
    agreement: share({ when: 'sometimes' }), // only of prompts whose gold is known
    ownPairs: amount('pairs'),
    ties: amount('pairs'),
  },
  headline: [{ figure: 'agreement', from: 'summary', until: ['agreement'] }],
  async *run(context, s, parents) {
    const sft = parent(parents, 'sft');
    const { rows } = ownData(context, 'pairs', s.labels);
    const read = readPairs(rows, context.task, sft.config.nPositions);
    const mine = read.map(({ pair }) => pair);
    if (mine.length === 0) throw new MessageError({ code: 'pairs.none', values: {} });
    const taken = new Set(mine.map(comparisonName));
    const judgement: Judgement = { labelTemperature: s.labelTemperature, flipRate: 0, bias: 'none' };
    const stream = (purpose: string) => streamOf(context, 'preferences', purpose);
    const model = modelOf(context, sft);
    try {
      const updates = 1 + Math.ceil(s.simulated / CHUNK);
      const simulated: PreferencePair[] = [];
      const judged = () => [...read.flatMap(({ pair, hasGold }) => (hasGold ? [pair] : [])), ...simulated];
      const row = (update: number) => ({
        type: 'metrics' as const,
        update,
        updates,
        samples: mine.length + simulated.length,
        tokens: [...mine, ...simulated].reduce((sum, p) => sum + p.chosen.length + p.rejected.length, 0),
        metrics: present({ agreement: agreement(judged()) }),
      });
      yield row(1);
      const streams = { prompts: stream('prompts'), noise: stream('noise'), labels: stream('labels') };
      let drawn = 0;
      // a policy that has collapsed produces few different answers; do not wait for them forever
      for (let attempts = 0; drawn < s.simulated && attempts < 4 * updates; attempts++) {
        const fresh = await comparePairs(context, judgement, model, CHUNK, 'train', streams);
        const more = fresh.slice(0, s.simulated - drawn);
        drawn += more.length;
        simulated.push(...more.filter((pair) => !taken.has(comparisonName(pair))));
        yield row(1 + Math.min(updates - 1, Math.ceil(drawn / CHUNK)));
      }
      const heldOut = await comparePairs(context, judgement, model, s.heldOutPairs, 'heldOut', {
        prompts: stream('held-out prompts'),
        noise: stream('held-out noise'),
        labels: stream('held-out labels'),
      });
      const pairs = [...mine, ...simulated];
      return {
        artifact: { kind: 'preferences', pairs, heldOut },
        summary: present({
          pairs: pairs.length,
          agreement: agreement(judged()),
          ownPairs: mine.length,
          ties: rows.length - mine.length,
        }),
      };
    } finally {
      model.dispose();
    }
  },
});
