import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFusedEngine } from '../../../../src/engine/fused';
import type { Engine, LanguageModel } from '../../../../src/engine/types';
import { initialWeights } from '../../../../src/model/parameters';
import { resolvedSettings, type Settings } from '../../../../src/pipeline/lab/config';
import type { Parents, PreferencePair, StageContext } from '../../../../src/pipeline/contract/stage';
import { STAGES } from '../../../../src/pipeline/stages';
import { rngFrom } from '../../../../src/random/rng';
import { reviewTask, VOCABULARY } from '../../../../src/world';
import type { AlignmentTask } from '../../../../src/world/types';

const CONFIG = { vocabSize: VOCABULARY.length, nPositions: 64, nEmbd: 16, nLayer: 1, nHead: 2 };
const weights = (seed: number) => initialWeights(CONFIG, rngFrom(seed));
const pair = (i: number): PreferencePair => ({
  prompt: [1, 4 + i],
  chosen: [5, 6 + i, 2],
  rejected: [7, 2],
  goldChosen: 1,
  goldRejected: 0,
});
const pairs = Array.from({ length: 8 }, (_, i) => pair(i));
const parents: Parents = {
  sft: { kind: 'model', config: CONFIG, weights: weights(1) },
  reward: { kind: 'reward', config: CONFIG, weights: weights(2), mean: 0, deviation: 1 },
  preferences: { kind: 'preferences', pairs, heldOut: pairs.slice(0, 2) },
};

/** What one call of a model asked of the device. */
interface Cost {
  name: string;
  read: unknown;
  dispatches: number;
  readbacks: number;
  submits: number;
}

describe.each(['webgpu', 'webgl'] as const)('what alignment asks of %s', (backend) => {
  let engine: Engine;
  beforeAll(async () => void (engine = await createFusedEngine(backend)));
  afterAll(() => engine.dispose());

  const since = (before: ReturnType<NonNullable<Engine['counters']>>) => {
    const after = engine.counters!();
    return {
      dispatches: after.dispatches - before.dispatches,
      readbacks: after.readbacks - before.readbacks,
      submits: after.submits - before.submits,
    };
  };

  /** The same engine, counting what each update costs. */
  function counting(costs: Cost[]): Engine {
    const watch = (model: LanguageModel): LanguageModel =>
      new Proxy(model, {
        get(target, name) {
          const member: unknown = Reflect.get(target, name, target);
          if (name !== 'update' || typeof member !== 'function') return member;
          return async (...args: unknown[]) => {
            const before = engine.counters!();
            const result: unknown = await member.apply(target, args);
            costs.push({ name, read: args[2], ...since(before) });
            return result;
          };
        },
      });
    return { ...engine, createModel: (config, w) => watch(engine.createModel(config, w)) };
  }

  /** The first rows of a stage; the costs of its updates, and of what lies between one row and the next. */
  async function run(stage: 'ppo' | 'dpo' | 'reward', changes: Settings, count: number) {
    const updates: Cost[] = [];
    const rows: Omit<Cost, 'name' | 'read'>[] = [];
    const context: StageContext = {
      engine: counting(updates),
      size: 'nano',
      task: reviewTask as AlignmentTask,
      seed: 3,
      evaluation: { times: 1, prompts: 2, finalPrompts: 2 },
    };
    const settings = resolvedSettings({ task: 'review', size: 'nano' }, stage, changes);
    const steps = STAGES[stage].run(context, settings as never, parents);
    for (let before = engine.counters!(); ; before = engine.counters!()) {
      const { value, done } = await steps.next();
      if (done) throw new Error(`${stage} has ended`);
      if (value.type !== 'metrics') continue;
      if (rows.push(since(before)) < count) continue;
      await steps.return(undefined as never);
      return { updates, rows };
    }
  }

  const PPO = { rolloutBatch: 4, epochs: 2, minibatches: 2 };
  it(
    'an iteration of PPO reads back three times: answers, passes, reports',
    { timeout: 400_000 },
    async () => {
      const { rows } = await run('ppo', { ...PPO, iterations: 3 }, 2);
      console.log(backend, 'PPO', JSON.stringify(rows));
      for (const row of rows.slice(1)) expect(row.readbacks).toBeLessThanOrEqual(3);
      if (backend === 'webgpu') return; // what is asked for is the same, and WebGL compiles sooner
      const mixed = await run('ppo', { ...PPO, iterations: 3, pretrainCoef: 1, valueModel: 'none' }, 2);
      expect(mixed.rows[1]!.readbacks).toBeLessThanOrEqual(3);
      const separate = await run('ppo', { ...PPO, iterations: 3, valueModel: 'separate' }, 2);
      expect(separate.rows[1]!.readbacks).toBeLessThanOrEqual(4); // the value model's reports on their own
    },
  );

  it.each(['dpo', 'reward'] as const)(
    'an update of %s that is logged reads back once, another one never',
    { timeout: 400_000 },
    async (stage) => {
      const { updates } = await run(stage, { steps: 150, batchSize: 2 }, 7); // every second is logged
      const logged = updates.filter(({ read }) => read);
      const quiet = updates.filter(({ read }) => !read);
      expect(quiet.length).toBeGreaterThan(3);
      console.log(backend, stage, JSON.stringify([logged.at(-1), quiet.at(-1)]));
      for (const cost of logged) {
        expect(cost.readbacks).toBe(1);
        expect(cost.submits).toBeLessThanOrEqual(2);
      }
      for (const cost of quiet) expect(cost).toMatchObject({ readbacks: 0, submits: 1 });
    },
  );

  it('the reference of DPO is scored for many updates at once', { timeout: 400_000 }, async () => {
    const { rows } = await run('dpo', { steps: 24, batchSize: 2 }, 10); // all logged
    const more = rows.filter(({ readbacks }) => readbacks > 1);
    expect(more.length).toBeLessThanOrEqual(3); // four batches are an epoch of these pairs
  });
});
