import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/types';
import type { GptConfig } from '../../../src/model/config';
import { initialWeights, parameterLayout } from '../../../src/model/parameters';
import { categoricalKl, logSoftmax } from '../../support/categorical';
import type {
  LanguageModelArtifact,
  PreferencesArtifact,
  StageContext,
} from '../../../src/pipeline/contract/stage';
import { BOS, decode, EOS } from '../../../src/world';
import type { AlignmentTask } from '../../../src/world/types';
import { rngFrom } from '../../../src/random/rng';
import { nanoContext, openEngine, runToEnd } from '../support';

/**
 * A problem that can be solved with pencil and paper: one prompt, answers of one token. The policy that
 * maximises E[r] − β·KL(π ‖ π_ref) is π*(a) ∝ π_ref(a)·exp(r(a)/β) (Rafailov et al. 2023 eq. 4). PPO on the
 * reward and DPO on labels of it must both arrive there.
 */
const CONFIG: GptConfig = { vocabSize: 12, nPositions: 4, nEmbd: 16, nLayer: 1, nHead: 2 };
const BETA = 0.5;
/** Gold reward by token; the pad token (0) is never sampled and left out of all comparisons. */
const REWARD = [0, -1, 0.4, 0.9, -0.6, 0.1, 0.7, -0.9, 0.3, -0.2, 1, -0.4];

const WORDS = decode(REWARD.map((_, id) => id));
const reward = (words: readonly string[], finished: boolean): number =>
  finished ? REWARD[EOS]! : REWARD[WORDS.indexOf(words[0]!)]!;

const task: AlignmentTask = {
  name: 'one-token',
  maxNewTokens: 1,
  description: '',
  examplePrompts: [],
  prompt: () => ({ words: [], meta: null }),
  parsePrompt: () => null,
  demonstration: () => ({ prompt: { words: [], meta: null }, completion: [] }),
  gold: (_, words, finished) => ({ total: reward(words, finished), parts: [] }),
};

let engine: Engine;
let context: StageContext;
let sft: LanguageModelArtifact;
let reference: number[];
let optimum: number[];

beforeAll(async () => {
  engine = await openEngine();
  context = nanoContext(engine, {
    task,
    seed: 3,
    evaluation: { times: 1, prompts: 8, finalPrompts: 8 },
  });
  const weights = initialWeights(CONFIG, rngFrom('reference'));
  const wte = parameterLayout(CONFIG)[0]!;
  for (let i = 0; i < wte.size; i++) weights[wte.offset + i]! *= 5; // far from uniform
  sft = { kind: 'model', config: CONFIG, weights };
  reference = await distribution(sft);
  optimum = normalised(reference.map((p, a) => p * Math.exp(REWARD[a + 1]! / BETA)));
});
afterAll(() => engine.dispose());

const normalised = (weights: number[]): number[] => {
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((w) => w / sum);
};

/** Exact probabilities of the answers 1 … V−1. */
async function distribution(artifact: LanguageModelArtifact): Promise<number[]> {
  const model = engine.createModel(artifact.config, artifact.weights);
  const { data } = await model.nextLogits([{ ids: [BOS], start: 1 }]);
  model.dispose();
  return Array.from(logSoftmax(data.slice(1)), Math.exp);
}

const kl = (p: number[], q: number[]): number => categoricalKl(p.map(Math.log), q.map(Math.log));
const expected = (p: number[]): number => p.reduce((sum, x, a) => sum + x * REWARD[a + 1]!, 0);
const objective = (p: number[]): number => expected(p) - BETA * kl(p, reference);

/** Where a learned policy stands between the reference (0) and the optimum (1). */
function expectOptimal(p: number[], tolerance: { kl: number; reward: number }): void {
  expect(kl(p, optimum)).toBeLessThan(tolerance.kl);
  expect(kl(p, optimum)).toBeLessThan(kl(reference, optimum) / 20);
  expect(Math.abs(expected(p) - expected(optimum))).toBeLessThan(tolerance.reward);
  expect(Math.abs(kl(p, reference) - kl(optimum, reference))).toBeLessThan(2 * tolerance.reward);
  expect(objective(p)).toBeLessThanOrEqual(objective(optimum) + 1e-9); // nothing can be better
  expect(objective(p)).toBeGreaterThan(objective(reference) + 0.9 * (objective(optimum) - objective(reference))); // prettier-ignore
}

/** Scores nothing: PPO is asked to use the gold reward. */
const unused = () => ({ ...sft, kind: 'reward' as const, mean: 0, deviation: 1 });

it('the problem is worth solving: reference and optimum are far apart', () => {
  expect(kl(reference, optimum)).toBeGreaterThan(0.3);
  expect(expected(optimum) - expected(reference)).toBeGreaterThan(0.4);
  // the closed form of the optimal objective: β·log Σ π_ref·exp(r/β)
  const closed =
    BETA * Math.log(reference.reduce((sum, p, a) => sum + p * Math.exp(REWARD[a + 1]! / BETA), 0));
  expect(objective(optimum)).toBeCloseTo(closed, 9);
});

describe('PPO', () => {
  it('finds the optimum of the KL-regularised reward', async () => {
    const run = await runToEnd<LanguageModelArtifact>(
      context,
      'ppo',
      {
        iterations: 150,
        rolloutBatch: 256,
        learningRate: 3e-3,
        klCoef: BETA,
        missingEosPenalty: 0,
        rewardSource: 'gold',
        whitenAdvantages: false,
        valueClip: null,
      },
      { sft, reward: unused() },
    );
    const p = await distribution(run.result.artifact);
    expectOptimal(p, { kl: 0.01, reward: 0.03 });
    const last = run.rows.slice(-10).map((r) => r.metrics['objective/rlhf_reward']!);
    expect(last.reduce((a, b) => a + b) / 10).toBeCloseTo(objective(optimum), 1); // what PPO says of itself
  });
});

describe('DPO', () => {
  /** Labels by σ(Δr / T); then DPO's implicit reward is r/T and its optimum ∝ π_ref·exp(r/(T·β)). */
  const labelTemperature = 1;
  const beta = BETA / labelTemperature;
  let preferences: PreferencesArtifact;
  beforeAll(async () => {
    const run = await runToEnd<PreferencesArtifact>(
      context,
      'preferences',
      { pairs: 20_000, heldOutPairs: 8, labelTemperature },
      { sft },
    );
    preferences = run.result.artifact;
  });

  it('is shown Bradley–Terry labels of the reward', () => {
    const wins = preferences.pairs.filter((p) => p.goldChosen > p.goldRejected).length;
    const likely = preferences.pairs.reduce(
      (sum, p) => sum + 1 / (1 + Math.exp(-Math.abs(p.goldChosen - p.goldRejected) / labelTemperature)),
      0,
    );
    expect(Math.abs(wins - likely) / preferences.pairs.length).toBeLessThan(0.015);
  });

  it('finds the same optimum from labels alone', async () => {
    const run = await runToEnd<LanguageModelArtifact>(
      context,
      'dpo',
      { steps: 400, batchSize: 256, learningRate: 3e-3, beta },
      { sft, preferences, reward: unused() },
    );
    const p = await distribution(run.result.artifact);
    expectOptimal(p, { kl: 0.01, reward: 0.03 });
  });
});
