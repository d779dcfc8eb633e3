import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/types';
import { displacement } from '../../../src/pipeline/measures/displacement';
import {
  modelOf,
  type LanguageModelArtifact,
  type MetricsEvent,
  type StageEvent,
} from '../../../src/pipeline/contract/stage';
import { nanoContext, openEngine, runToEnd, trainTrunk, type Trunk } from '../support';
import { MODEL_SIZES } from '../../../src/model/config';
import { initialWeights } from '../../../src/model/parameters';
import { Arm } from '../../../src/pipeline/training/arm';
import { rngFrom } from '../../../src/random/rng';
import { VOCABULARY } from '../../../src/world';

describe('what an arm is measured by', () => {
  let engine: Engine;
  let trunk: Trunk;
  const context = () =>
    nanoContext(engine, {
      evaluation: { times: 2, prompts: 16, finalPrompts: 64, temperatures: [0, 1], labelers: 1 },
    });
  beforeAll(async () => {
    engine = await openEngine();
    trunk = await trainTrunk(nanoContext(engine));
  }, 120_000);
  afterAll(() => engine?.dispose());

  it('a policy that is its reference has displaced nothing', async () => {
    const [policy, reference] = [modelOf(context(), trunk.sft), modelOf(context(), trunk.sft)];
    const moved = await displacement(policy, reference, trunk.preferences.heldOut);
    expect(moved).toEqual({ deltaChosen: 0, deltaRejected: 0, implicitAccuracy: 0.5 });
    policy.dispose();
    reference.dispose();
  });

  it('DPO: margins on unseen pairs, temperatures, labelers of both groups, answers for head to head', async () => {
    const parents = { sft: trunk.sft, preferences: trunk.preferences, reward: trunk.reward };
    const { result } = await runToEnd(context(), 'dpo', { steps: 60, learningRate: 1e-3 }, parents);
    const { summary, answers } = result;
    expect(summary['deltaChosen']!).toBeGreaterThan(summary['deltaRejected']!);
    expect(summary['implicitAccuracy']!).toBeGreaterThan(0.6);
    expect(summary['winRate@1']).toBeCloseTo(summary['winRate']!, 12); // the very same answers
    expect(summary['winRate@0']).not.toBe(summary['winRate@1']);
    expect(summary['labelerWinRate.train']!).toBeGreaterThan(0.5);
    expect(summary['labelerWinRate.heldOut']!).toBeGreaterThan(0.5);
    expect(answers!.gold).toHaveLength(64);
  }, 120_000);

  it('PPO: without clipping and with many epochs the ratio spreads further', async () => {
    const parents = { sft: trunk.sft, reward: trunk.reward };
    const spread = async (changes: object) =>
      (
        await runToEnd(
          context(),
          'ppo',
          { iterations: 6, epochs: 6, learningRate: 3e-3, ...changes },
          parents,
        )
      ).result.summary;
    const clipped = await spread({});
    const free = await spread({ clipRange: null, valueClip: null });
    expect(clipped['clipFraction']!).toBeGreaterThan(0);
    expect(free['clipFraction']).toBe(0);
    expect(free['ratioSpread']!).toBeGreaterThan(clipped['ratioSpread']!);
  }, 120_000);
});

const config = { ...MODEL_SIZES.nano, vocabSize: VOCABULARY.length };
const sft: LanguageModelArtifact = { kind: 'model', config, weights: initialWeights(config, rngFrom('arm')) };
const row = (update: number): MetricsEvent => ({
  type: 'metrics',
  update,
  updates: 4,
  samples: 10 * update,
  tokens: 100 * update,
  metrics: { loss: update },
});

let engine: Engine;
beforeAll(async () => (engine = await openEngine()));
afterAll(() => engine?.dispose());

/** Runs an arm whose training yields the given rows, and nothing else. */
async function runArm(rows: readonly MetricsEvent[]) {
  const evaluation = { times: 2, prompts: 8, finalPrompts: 8 };
  const arm = await Arm.open(nanoContext(engine, { evaluation }), { sft });
  const events: StageEvent[] = [];
  try {
    const running = arm.run(
      4,

      (async function* () {
        yield* rows;
      })(),
      (seen) => ({ rows: seen.length }),
    );
    for (;;) {
      const { value, done } = await running.next();
      if (done) return { events, result: value };
      events.push(value);
    }
  } finally {
    arm.dispose();
  }
}

it('measures at the start, on the way and at the end, where the last row is', async () => {
  const { events, result } = await runArm([1, 2, 3, 4].map(row));
  expect(events.map((e) => [e.type, e.update, e.samples])).toEqual([
    ['evaluation', 0, 0],
    ['metrics', 1, 10],
    ['metrics', 2, 20],
    ['evaluation', 2, 20],
    ['metrics', 3, 30],
    ['metrics', 4, 40],
    ['evaluation', 4, 40],
  ]);
  expect(result.summary).toMatchObject({ rows: 4, kl: 0, winRate: 0.5 });
});

it('ends where training has ended, also before it was due and before it began', async () => {
  const early = await runArm([row(1)]);
  expect(early.events.at(-1)).toMatchObject({ type: 'evaluation', update: 1, updates: 4, tokens: 100 });
  const never = await runArm([]);
  expect(never.events.map((e) => [e.type, e.update, e.updates])).toEqual([['evaluation', 0, 4], ['evaluation', 0, 4]]); // prettier-ignore
  expect(never.result.artifact.weights).toEqual(sft.weights);
  expect(never.result.summary['rows']).toBe(0);
});
