import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/types';
import { resolvedSettings, type Settings } from '../../../src/pipeline/lab/config';
import { isTimed, RunControl, runStage, type Job, type TimedEvent } from '../../../src/pipeline/lab/runner';
import {
  DivergedError,
  type LanguageModelArtifact,
  type StageContext,
} from '../../../src/pipeline/contract/stage';
import { missingFigures } from '../../../src/pipeline/contract/figures';
import { STAGES, type StageName } from '../../../src/pipeline/stages';
import { nanoContext, openEngine, runToEnd, trainTrunk, type Trunk } from '../support';

let engine: Engine;
let context: StageContext;
let trunk: Trunk;

beforeAll(async () => {
  engine = await openEngine();
  context = nanoContext(engine);
  trunk = await trainTrunk(context);
}, 120_000);
afterAll(() => engine.dispose());
const ppoQuick: Settings = { iterations: 4, rolloutBatch: 16 };
const dpoQuick: Settings = { steps: 8, batchSize: 16 };
const runPpo = (changes: Settings = {}, within = context) =>
  runToEnd<LanguageModelArtifact>(within, 'ppo', { ...ppoQuick, ...changes }, trunk);
const runDpo = (changes: Settings = {}, within = context) =>
  runToEnd<LanguageModelArtifact>(within, 'dpo', { ...dpoQuick, ...changes }, trunk);

describe('repeatability', () => {
  const arms = [
    ['ppo', runPpo],
    ['dpo', runDpo],
  ] as const;

  it.each(arms)(
    '%s: the same seed gives bit-identical rows and weights, another seed does not',
    async (_, run) => {
      const [a, b] = [await run(), await run()];
      expect(b.events).toEqual(a.events);
      expect(b.result).toEqual(a.result);
      const other = await run({}, nanoContext(engine, { seed: 6 }));
      expect(other.rows).not.toEqual(a.rows);
    },
  );

  it.each(arms)('%s: measuring more often and on more prompts changes no training row', async (_, run) => {
    const [rarely, often] = [
      await run(),
      await run({}, nanoContext(engine, { evaluation: { times: 4, prompts: 40, finalPrompts: 96 } })),
    ];
    expect(often.evaluations.length).toBeGreaterThan(rarely.evaluations.length);
    // a row may bring answers to look at when the policy has just been measured
    const figures = ({ rows }: typeof often) => rows.map(({ records: _, ...row }) => row);
    expect(figures(often)).toEqual(figures(rarely));
    expect(often.result.artifact).toEqual(rarely.result.artifact);
  });

  it('the trunk, too', async () => {
    const settings = { steps: 5, batchSize: 8 };
    for (const stage of ['sft', 'reward'] as const) {
      const [a, b] = [await runToEnd(context, stage, settings, trunk), await runToEnd(context, stage, settings, trunk)]; // prettier-ignore
      expect(b.events).toEqual(a.events);
      expect(b.result).toEqual(a.result);
    }
    const labels = () => runToEnd(context, 'preferences', { pairs: 100, heldOutPairs: 10 }, trunk);
    expect((await labels()).result).toEqual((await labels()).result);
  });

  it('pausing, stepping and resuming change nothing', async () => {
    const job = (): Job => ({
      stage: 'ppo',
      settings: resolvedSettings({ task: 'review', size: 'nano' }, 'ppo', ppoQuick),
      task: 'review',
      size: 'nano',
      seed: context.seed,
      evaluation: context.evaluation,
      parents: { sft: trunk.sft, reward: trunk.reward },
    });
    const straight = await runStage(engine, job(), new RunControl(), () => undefined);
    const control = new RunControl(true);
    const seen: TimedEvent[] = [];
    const interrupted = runStage(engine, job(), control, (event) => {
      if (!isTimed(event)) return;
      seen.push(event);
      if (seen.length < 3) setTimeout(() => control.step(), 2);
      else if (seen.length === 3) setTimeout(() => control.resume(), 20);
    });
    control.step();
    const { seconds, ...outcome } = await interrupted;
    expect(seconds).toBeGreaterThan(0);
    expect(outcome).toEqual({ ...straight, seconds: undefined });
    expect(seen.map((e) => [e.type, e.update])).toEqual([
      ['evaluation', 0],
      ...[1, 2, 3].map((u) => ['metrics', u]),
      ['metrics', 4],
      ['evaluation', 4],
    ]);
  });
});

describe('breaking and cleaning up', () => {
  const STAGES_QUICK: [StageName, Settings][] = [
    ['pretrain', { steps: 2, batchSize: 4, corpusTokens: 10_000 }],
    ['sft', { steps: 2, batchSize: 4 }],
    ['preferences', { pairs: 20, heldOutPairs: 8 }],
    ['reward', { steps: 2, batchSize: 4 }],
    ['ppo', { iterations: 2, rolloutBatch: 8 }],
    ['ppo', { iterations: 2, rolloutBatch: 8, valueModel: 'separate', pretrainCoef: 0.5 }],
    ['dpo', { steps: 2, batchSize: 4 }],
  ];

  it.each([
    ['sft', { steps: 30, learningRate: 1e30 }],
    ['reward', { steps: 30, learningRate: 1e30 }],
    ['ppo', { iterations: 30, learningRate: 1e30 }],
    ['dpo', { steps: 30, learningRate: 1e30 }],
  ] as [StageName, Settings][])(
    '%s says at which update it diverged and keeps good weights',
    async (stage, s) => {
      const before = engine.memory().tensors;
      const error: unknown = await runToEnd(context, stage, s, trunk).catch((e: unknown) => e);
      if (!(error instanceof DivergedError)) throw new Error(`${stage} did not diverge: ${String(error)}`);
      expect(error.message).toMatch(
        new RegExp(`^${stage} diverged at update ${error.update}: .*learning rate.*1e\\+30`),
      );
      expect(error.update).toBeLessThan(30);
      expect(error.lastGood!.update).toBeLessThan(error.update); // 0: where it began
      expect(error.lastGood!.artifact.weights.every(Number.isFinite)).toBe(true);
      expect(engine.memory().tensors).toBe(before);
    },
  );

  it.each(STAGES_QUICK)(
    '%s %o leaves nothing behind: run to its end or closed half-way',
    async (stage, changes) => {
      const { tensors } = engine.memory();
      await runToEnd(context, stage, changes, trunk);
      const after = engine.memory();
      expect(after.tensors).toBe(tensors);
      const settings = resolvedSettings({ task: 'review', size: 'nano' }, stage, changes);
      const generator = STAGES[stage].run(context, settings as never, trunk);
      await generator.next();
      await generator.return(undefined as never);
      expect(engine.memory().tensors).toBe(tensors);
      await runToEnd(context, stage, changes, trunk);
      expect(engine.memory()).toEqual(after);
    },
  );

  it('a missing parent is named', async () => {
    await expect(runToEnd(context, 'ppo', ppoQuick, { sft: trunk.sft })).rejects.toThrow('reward');
    await expect(runToEnd(context, 'sft', {}, {})).rejects.toThrow('base');
  });
});
const parents = () => ({ ...trunk, teacher: trunk.sft, judge: trunk.reward });
const run = (stage: StageName, changes: Settings = {}, within = context) =>
  runToEnd<LanguageModelArtifact>(within, stage, changes, parents());

describe('every stage', () => {
  const QUICK: [StageName, Settings][] = [
    ['online-dpo', { rounds: 1, steps: 2, pairs: 16 }],
    ['preferred-ft', { steps: 2, batchSize: 4 }],
    ['unlikelihood', { steps: 2, batchSize: 4 }],
    ['best-of-n', { largest: 2, samples: 4 }],
    ['tilt', { samples: 4, rungs: 2 }],
    ['probe', {}],
    ['probe', { shots: 1 }],
    ['instruct', { steps: 2, batchSize: 4 }],
    ['few-shot', { shots: 1 }],
    ['distil', { answers: 32, steps: 2, batchSize: 4 }],
    ['ai-feedback', { pairs: 600, heldOutPairs: 8, answers: 'pool' }],
  ];
  it.each(QUICK)(
    '%s %j gives finite rows and all its figures, the same each time, and leaves nothing behind',
    async (stage, s) => {
      const quick = { ...context, evaluation: { times: 1, prompts: 8, finalPrompts: 8 } };
      const before = engine.memory().tensors;
      const first = await run(stage, s, quick);
      const second = await run(stage, s, quick);
      expect(first.result.summary).toEqual(second.result.summary);
      expect(engine.memory().tensors).toBe(before);
      const numbers = first.events.flatMap((e) =>
        Object.values(e.type === 'metrics' ? e.metrics : e.evaluation),
      );
      expect([...numbers, ...Object.values(first.result.summary)].every(Number.isFinite)).toBe(true);
      expect(missingFigures(STAGES[stage].figures, first.result.summary)).toEqual([]);
    },
  );
});
