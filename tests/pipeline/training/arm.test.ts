import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/types';
import { MODEL_SIZES } from '../../../src/model/config';
import { initialWeights } from '../../../src/model/parameters';
import type { LanguageModelArtifact, MetricsEvent, StageEvent } from '../../../src/pipeline/contract/stage';
import { Arm } from '../../../src/pipeline/training/arm';
import { rngFrom } from '../../../src/random/rng';
import { VOCABULARY } from '../../../src/world';
import { nanoContext, openEngine } from '../support';

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
