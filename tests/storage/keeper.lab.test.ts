import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/types';
import { defaultLabConfig, labConfigSchema, type LabConfig } from '../../src/pipeline/lab/config';
import { Lab, type Executor } from '../../src/pipeline/lab/lab';
import { runStage } from '../../src/pipeline/lab/runner';
import { Keeper } from '../../src/storage/keeper';
import { openEngine } from '../pipeline/support';
import { freshStore } from './support';

const config: LabConfig = labConfigSchema.parse({
  ...defaultLabConfig(),
  size: 'nano',
  start: 'scratch',
  trunk: {
    pretrain: { steps: 12, batchSize: 4, corpusTokens: 10_000 },
    sft: { steps: 8, batchSize: 4 },
    preferences: { pairs: 64, heldOutPairs: 8 },
    reward: { steps: 8, batchSize: 4 },
  },
  arms: [
    { id: 'ppo', name: 'PPO', stage: 'ppo', settings: { iterations: 3, rolloutBatch: 8 } },
    { id: 'dpo', name: 'DPO', stage: 'dpo', settings: { steps: 8, batchSize: 8 } },
  ],
  evaluation: { times: 1, prompts: 8, finalPrompts: 8 },
});

let engine: Engine;
beforeAll(async () => void (engine = await openEngine()));
afterAll(() => engine.dispose());
beforeEach(freshStore);

const nothing = { get: () => Promise.resolve(undefined) };

/** Rows without their times, and results. */
const outcome = (lab: Lab) =>
  lab.nodes().map(({ node: { id }, status, run }) => ({
    id,
    status,
    events: run?.events.map((event) => ({ ...event, seconds: 0 })),
    result: run?.result,
  }));

/** Runs stages here; after so many rows nothing more is heard, as when a tab is closed. */
function executor(rows: number, stages: string[], onEnd: () => void = () => undefined): Executor {
  let left = rows;
  return {
    slots: 1,
    execute(job, control, onEvent) {
      stages.push(job.stage);
      return new Promise((resolve) => {
        void runStage(engine, job, control, async (event) => {
          if (left <= 0) return;
          await onEvent(event);
          if ('metrics' in event && --left === 0) {
            control.stop();
            onEnd();
          }
        }).then((result) => left > 0 && resolve(result));
      });
    },
  };
}

it('a lab that is interrupted again and again ends as one that is not, and trains no stage twice', async () => {
  const straight = new Lab(config, executor(Infinity, []), nothing);
  await straight.run(['sft']);
  const stages: string[] = [];
  let visits = 0;
  let lab: Lab;
  do {
    visits++;
    const kept = new Keeper({ locks: undefined, checkpointEvery: 0 });
    await new Promise<void>((resolve) => {
      const closed = () => setTimeout(resolve, 20);
      lab = new Lab(config, executor(4, stages, closed), nothing, kept);
      void lab.run(['sft']).then(resolve);
    });
  } while (lab!.nodes().find(({ node }) => node.id === 'sft')!.status !== 'done' && visits < 60);
  expect(visits).toBeGreaterThan(4);
  expect(outcome(lab!)).toEqual(outcome(straight));
  // and once more: nothing is left to do
  const before = stages.length;
  const again = new Lab(config, executor(3, stages), nothing, new Keeper({ locks: undefined }));
  await again.run(['sft']);
  expect(outcome(again)).toEqual(outcome(straight));
  expect(stages.slice(before)).toEqual([]);
}, 240_000);

it('arms that share work go on with what they were given, when the others have come to an end', async () => {
  const short = { steps: 6, batchSize: 8 };
  const three: LabConfig = {
    ...config,
    arms: [
      { id: 'dpo', name: 'DPO', stage: 'dpo', settings: short },
      { id: 'kto', name: 'KTO', stage: 'kto', settings: short },
      { id: 'simpo', name: 'SimPO', stage: 'simpo', settings: short },
    ],
  };
  const straight = new Lab(three, executor(Infinity, []), nothing);
  await straight.run();
  const stages: string[] = [];
  let lab: Lab;
  for (let visits = 0; visits < 60; visits++) {
    const rows = visits === 0 ? 32 : 5; // the trunk and a few rows of the first arm
    const kept = new Keeper({ locks: undefined, checkpointEvery: 0 });
    await new Promise<void>((resolve) => {
      const closed = () => setTimeout(resolve, 20);
      lab = new Lab(three, executor(rows, stages, closed), nothing, kept);
      void lab.run().then(resolve);
    });
    if (lab!.nodes().every(({ status }) => status === 'done')) break;
  }
  expect(stages).toContain('baseline');
  expect(outcome(lab!)).toEqual(outcome(straight));
  expect(lab!.nodes().flatMap(({ run }) => run!.notices)).toEqual([]);
}, 240_000);

it('a reset takes results out of sight, not out of the store; restore gives them back', async () => {
  const stages: string[] = [];
  const lab = new Lab(config, executor(Infinity, stages), nothing, new Keeper({ locks: undefined }));
  await lab.run(['sft']);
  const before = outcome(lab);
  const forgotten = lab.reset();
  await lab.loadShipped();
  expect(lab.nodes().every(({ status }) => status === 'missing')).toBe(true);
  await lab.restore(forgotten);
  expect(outcome(lab)).toEqual(before);
  lab.reset();
  await lab.run(['sft']);
  expect(stages.filter((stage) => stage === 'sft')).toHaveLength(2); // it was asked for
  expect(outcome(lab)).toEqual(before);
}, 120_000);

it('a stage whose checkpoint is of another version begins again, and says so', async () => {
  const closed = new Promise<void>((resolve) => {
    const kept = new Keeper({ locks: undefined, checkpointEvery: 0 });
    const lab = new Lab(
      config,
      executor(3, [], () => setTimeout(resolve, 20)),
      nothing,
      kept,
    );
    void lab.run(['pretrain']);
  });
  await closed;
  const kept = new Keeper({ locks: undefined, checkpointEvery: 0 });
  const open = kept.open.bind(kept);
  kept.open = async (node, goOn) => {
    const keeping = await open(node, goOn);
    keeping.resume!.answers[1] = { ...keeping.resume!.answers[1]!, call: 'generate' };
    return keeping;
  };
  const lab = new Lab(config, executor(Infinity, []), nothing, kept);
  await lab.run(['pretrain']);
  const straight = new Lab(config, executor(Infinity, []), nothing);
  await straight.run(['pretrain']);
  expect(outcome(lab)).toEqual(outcome(straight));
  expect(lab.nodes()[0]!.run!.notices).toEqual([{ code: 'storage.startedAgain', values: {} }]);
}, 120_000);
