import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Batch, Engine } from '../../../src/engine/types';
import { rowSums } from '../../../src/pipeline/maths/matrix';
import type { Settings } from '../../../src/pipeline/lab/config';
import {
  modelOf,
  type LanguageModelArtifact,
  type MetricsEvent,
  type PreferencePair,
  type StageContext,
} from '../../../src/pipeline/contract/stage';
import { mean } from '../../../src/pipeline/maths/statistics';
import { nanoContext, openEngine, recording, runToEnd, trainTrunk, type Trunk } from '../support';

let engine: Engine;
let context: StageContext;
let trunk: Trunk;

beforeAll(async () => {
  engine = await openEngine();
  context = nanoContext(engine);
  trunk = await trainTrunk(context);
}, 120_000);
afterAll(() => engine.dispose());

const metric = (rows: readonly MetricsEvent[], name: string): number[] => rows.map((r) => r.metrics[name]!);
const early = (values: number[]) => mean(values.slice(0, 5));
const late = (values: number[]) => mean(values.slice(-5));
const dpoQuick: Settings = { steps: 8, batchSize: 16 };
const runDpo = (changes: Settings = {}, within = context) =>
  runToEnd<LanguageModelArtifact>(within, 'dpo', { ...dpoQuick, ...changes }, trunk);

describe('DPO', () => {
  it('starts at ln 2 with rewards of 0; margins grow and accuracy with them', async () => {
    const { rows } = await runDpo({ steps: 60, batchSize: 32, learningRate: 1e-3 });
    const first = rows[0]!.metrics;
    expect(Math.abs(first['loss']! - Math.LN2)).toBeLessThan(1e-6);
    for (const name of ['chosen', 'rejected', 'margins'])
      expect(Math.abs(first[`rewards/${name}`]!)).toBeLessThan(1e-5);
    expect(first['rewards/accuracies']).toBe(0.5); // every pair a tie
    const margins = metric(rows, 'rewards/margins');
    expect(late(margins)).toBeGreaterThan(early(margins) + 0.2);
    expect(late(metric(rows, 'rewards/accuracies'))).toBeGreaterThan(0.6);
    expect(late(metric(rows, 'loss'))).toBeLessThan(Math.LN2 - 0.02);
  });

  it.each([
    ['ipo', 1],
    ['hinge', 1],
  ])('%s starts where it should', async (lossType, expected) => {
    const { rows } = await runDpo({ steps: 1, lossType, beta: 0.5 });
    expect(rows[0]!.metrics['loss']).toBeCloseTo(expected, 4); // (1/(2β))² and 1 − 0
  });

  it('compares log-probs summed over the answer, <eos> included, chosen first', async () => {
    const { engine: watched, updates } = recording(engine);
    const run = await runDpo({ steps: 1 }, nanoContext(watched));
    const batch: Batch = updates[0]![0]!.batch;
    expect(batch).toHaveLength(32);
    const known = new Map<string, PreferencePair>(
      trunk.preferences.pairs.map((p) => [[...p.prompt, 0, ...p.chosen].join(), p]),
    );
    batch.slice(0, 16).forEach((row, i) => {
      const pair = known.get([...row.ids.slice(0, row.start), 0, ...row.ids.slice(row.start)].join())!;
      expect(pair).toBeDefined();
      expect(batch[16 + i]!.ids).toEqual([...pair.prompt, ...pair.rejected]);
    });
    const model = modelOf(context, trunk.sft);
    const sums = rowSums((await model.evaluate(batch, { logProbs: true })).logProbs!);
    model.dispose();
    expect(run.rows[0]!.metrics['logps/chosen']).toBeCloseTo(mean(sums.slice(0, 16)), 4);
    expect(run.rows[0]!.metrics['logps/rejected']).toBeCloseTo(mean(sums.slice(16)), 4);
    expect(run.rows[0]!.metrics['logps/ref_chosen']).toBeCloseTo(mean(sums.slice(0, 16)), 4);
  });

  it('the SFT term keeps the chosen answers likelier', async () => {
    const settings = { steps: 40, learningRate: 2e-3, beta: 0.1 };
    const [alone, held] = [await runDpo(settings), await runDpo({ ...settings, sftCoef: 1 })];
    expect(late(metric(held.rows, 'logps/chosen'))).toBeGreaterThan(late(metric(alone.rows, 'logps/chosen')));
  });
});
