import { z } from 'zod';
import type { LanguageModel } from '../../engine/types';
import { MessageError } from '../../messages';
import { Arm, ARM_FIGURES, ARM_HEADLINE } from '../training/arm';
import { comparePairs } from '../data/comparisons';
import { judgedPairs } from '../measures/judged';
import { agreement } from '../measures/pair-accuracy';
import { PAIR_METRICS, trainOnPairs } from '../training/pairs';
import { present } from '../contract/present';
import { choice, integer, number } from '../contract/settings';
import {
  defineStage,
  modelOf,
  parent,
  streamOf,
  type MetricsEvent,
  type PreferencePair,
  type RewardModelArtifact,
  type StageContext,
} from '../contract/stage';
import { sum } from '../maths/statistics';

const settings = z.object({
  rounds: integer(4, 1, 100, {
    label: 'rounds',
    unit: 'rounds',
    typical: [2, 8],
    effect: 'More: the pairs follow the policy more closely; 1 is offline DPO.',
  }),
  pairs: integer(1000, 8, 20_000, {
    label: 'comparisons per round',
    unit: 'pairs',
    typical: [256, 2000],
    effect: 'More: every round learns from more fresh pairs.',
  }),
  steps: integer(30, 1, 2000, {
    label: 'steps per round',
    unit: 'updates',
    typical: [15, 60],
    effect: 'More: moves further before pairs are drawn afresh.',
  }),
  batchSize: integer(32, 1, 256, {
    label: 'batch size',
    unit: 'pairs',
    typical: [16, 64],
    effect: 'Larger: smoother gradients, more work per step.',
  }),
  learningRate: number(1e-4, 0, 1, {
    label: 'learning rate',
    symbol: '\\eta',
    typical: [5e-5, 5e-4],
    effect: 'Higher: moves further per pair.',
  }),
  beta: number(0.1, 0.001, 10, {
    label: 'beta',
    symbol: '\\beta',
    unit: 'reward per nat',
    typical: [0.05, 0.5],
    effect: 'Higher: stays closer to SFT. Fresh pairs allow lower values than offline DPO does.',
  }),
  labels: choice(['labeler', 'reward-model'], 'labeler', {
    label: 'labels from',
    effect: 'Labeler: people label every round; reward model: the one trained before labels in their place.',
  }),
  labelTemperature: number(0.15, 0.001, 10, {
    label: 'label temperature',
    unit: 'gold reward',
    typical: [0.05, 0.5],
    effect: 'Higher: labelers are less sure about close calls.',
    advanced: true,
  }),
  flipRate: number(0, 0, 0.5, {
    label: 'flip rate',
    symbol: '\\varepsilon',
    typical: [0, 0.4],
    effect: 'Share of the labelers’ labels turned around by mistake.',
    advanced: true,
  }),
});

/** Prompts per device call; bounds memory. */
const CHUNK = 512;

export type OnlineDpoSettings = z.infer<typeof settings>;

/**
 * Online (iterated) DPO: in rounds, two answers of the current policy per prompt are compared and DPO
 * trains on these fresh pairs, always against the SFT reference (Xu et al. 2023; Guo et al. 2024).
 */
export const onlineDpo = defineStage({
  name: 'online-dpo',
  version: (s) => (s.labels === 'reward-model' ? 2 : 1),
  settings,
  inputs: ['sft', 'reward'],
  place: { kind: 'lecture', armName: 'Online DPO' },
  learnsFrom: 'labels',
  comparedWith: 'sft',
  fit: 'rl',
  answersPrompts: () => true,
  metrics: { ...PAIR_METRICS, round: 'optimiser', 'labels/agreement': 'optimiser' },
  figures: ARM_FIGURES,
  headline: ARM_HEADLINE,
  async *run(context, s, parents) {
    const arm = await Arm.open(context, parents);
    try {
      const rows = train(context, s, parent(parents, 'reward'), arm.policy, arm.reference);
      return yield* arm.run(s.rounds * s.steps, rows);
    } finally {
      arm.dispose();
    }
  },
});

async function* train(
  context: StageContext,
  s: OnlineDpoSettings,
  reward: RewardModelArtifact,
  policy: LanguageModel,
  reference: LanguageModel,
): AsyncGenerator<MetricsEvent, void, void> {
  const stream = (purpose: string) => streamOf(context, 'online-dpo', purpose);
  const streams = { prompts: stream('prompts'), noise: stream('noise'), labels: stream('labels') };
  const ties = stream('ties');
  const judge = s.labels === 'reward-model' ? modelOf(context, reward) : null;
  const plain = { ...s, lossType: 'sigmoid', labelSmoothing: 0, sftCoef: 0, referenceFree: false } as const;
  let samples = 0;
  let tokens = 0;
  try {
    for (let round = 0; round < s.rounds; round++) {
      const pairs = await freshPairs();
      if (pairs.length === 0) {
        if (round > 0) return; // the policy has come to say one thing only: nothing is left to compare
        throw new MessageError({ code: 'answers.alike', values: { prompts: s.pairs } });
      }
      tokens += sum(pairs.map((p) => p.chosen.length + p.rejected.length)); // sampled
      const labels = present({ 'labels/agreement': agreement(pairs) });
      let last = { samples: 0, tokens: 0 };
      for await (const row of trainOnPairs(context, 'online-dpo', plain, pairs, policy, reference)) {
        last = row;
        yield {
          ...row,
          update: round * s.steps + row.update,
          updates: s.rounds * s.steps,
          samples: samples + row.samples,
          tokens: tokens + row.tokens,
          metrics: { ...row.metrics, round: round + 1, ...labels },
        };
      }
      samples += last.samples;
      tokens += last.tokens;
    }
  } finally {
    judge?.dispose();
  }

  async function freshPairs(): Promise<PreferencePair[]> {
    const labeler = { ...s, bias: 'none' } as const;
    const pairs: PreferencePair[] = [];
    for (let left = s.pairs; left > 0; left -= CHUNK)
      pairs.push(...(await comparePairs(context, labeler, policy, Math.min(CHUNK, left), 'train', streams)));
    return judge ? judgedPairs(judge, reward, pairs, ties) : pairs;
  }
}
