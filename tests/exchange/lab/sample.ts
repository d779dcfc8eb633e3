import type { LabContents, NamedRun } from '../../../src/exchange/lab/file';
import { MODEL_SIZES } from '../../../src/model/config';
import { initialWeights } from '../../../src/model/parameters';
import { VOCABULARY_SIZE } from '../../../src/model/tokens';
import { packPreferences } from '../../../src/pipeline/contract/packed-preferences';
import type { Artifact, Evaluation } from '../../../src/pipeline/contract/stage';
import type { TokenRecord } from '../../../src/pipeline/contract/rollout';
import { defaultLabConfig, type LabConfig } from '../../../src/pipeline/lab/config';
import { buildGraph, type GraphNode } from '../../../src/pipeline/lab/graph';
import { goldOf, promptIds } from '../../../src/pipeline/data/tokens';
import { rngFrom } from '../../../src/random/rng';
import { encode, EOS, reviewTask } from '../../../src/world';

const model = { ...MODEL_SIZES.nano, vocabSize: VOCABULARY_SIZE };

const asked = reviewTask.prompt(rngFrom('sample'), 'train');
const [chosen, rejected] = ['good .', 'bad .'].map((text) => [...encode(text.split(' ')), EOS]) as [
  number[],
  number[],
];
const goldFor = (answer: number[]) => Math.fround(goldOf(reviewTask, asked, answer).total);
const pair = {
  prompt: promptIds(asked),
  ...{ chosen, rejected, goldChosen: goldFor(chosen), goldRejected: goldFor(rejected) },
};

/** What the stage of a node might have made: random weights of its own. */
function artifactFor({ stage, id }: GraphNode): Artifact {
  const weights = initialWeights(model, rngFrom('sample', id));
  if (stage === 'preferences') {
    const bytes = packPreferences(
      { kind: 'preferences', pairs: [pair, pair], heldOut: [pair] },
      { kind: 'preferences' },
    );
    return { kind: 'packed-preferences', bytes };
  }
  return stage === 'reward'
    ? { kind: 'reward', config: model, weights, mean: 0.1, deviation: 1.7 }
    : { kind: 'model', config: model, weights };
}

const EVALUATION: Evaluation = {
  ...{ gold: 0.1 + 0.2, proxy: -0, kl: 1 / 3, winRate: 0.75, winRateLow: 0.6, winRateHigh: 0.9, prompts: 8 },
  ...{ eosRate: 1, length: 12.5, distinct1: 0.5, distinct2: 0.9, entropy: 1e-300 },
};

/** An answer that an update learned from; −0 and NaN come back, too. */
const RECORD: TokenRecord = {
  ...{ prompt: [1, 2, 3], completion: [4, 5], oldLogProbs: [-1 / 3, -0], referenceLogProbs: [-1, -2] },
  ...{ newLogProbs: [NaN, -2], values: [0.1, 0.2], rewards: [0, 1], rawAdvantages: [1, -1] },
  ...{ advantages: [0.5, -0.5], gold: 0.25, score: 1 / 7, klCoef: 0.05 },
};

const at = (update: number) => ({
  update,
  updates: 2,
  samples: 8 * update,
  tokens: 99 * update,
  seconds: update / 3,
});

function runOf(node: GraphNode): NamedRun {
  const { id, key, seed, size, settings } = node;
  const isArm = id === 'ppo' || id === 'dpo';
  const metrics = { loss: NaN, 'objective/kl': Infinity, gap: -Infinity, zero: -0, third: 1 / 3 };
  return {
    id,
    run: {
      key,
      made: { seed, size, settings },
      events: [
        ...(isArm ? [{ type: 'evaluation', ...at(0), evaluation: EVALUATION } as const] : []),
        { type: 'metrics', ...at(1), metrics },
        { type: 'metrics', ...at(2), metrics: { loss: 0.1 }, ...(id === 'ppo' ? { records: [RECORD] } : {}) },
      ],
      notices: [{ code: 'device.memory', values: {} }],
      source: 'live',
      seconds: 2 / 3,
      result: {
        artifact: artifactFor(node),
        summary: isArm ? { ...EVALUATION, proxy: 0.25 } : { loss: 0.7 },
        ...(isArm
          ? { answers: { gold: Float64Array.of(0.1, id === 'ppo' ? 1 : -1), length: Float64Array.of(7, 9) } }
          : {}),
      },
    },
  };
}

export const SAMPLE_CONFIG: LabConfig = { ...defaultLabConfig(), size: 'nano', seed: 3, start: 'base' };

/** A lab in which every stage has come to its end, as it might be: nothing in it was learned. */
export const sampleLab = (): LabContents => ({
  name: 'free',
  config: SAMPLE_CONFIG,
  runs: buildGraph(SAMPLE_CONFIG).map(runOf),
  samples: [
    { prompt: 'review: the movie', answers: [{ id: 'ppo', text: 'was good .', gold: 0.5, proxy: 1.25 }] },
  ],
});
