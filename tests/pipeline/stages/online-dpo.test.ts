import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/types';
import type { Settings } from '../../../src/pipeline/lab/config';
import type { LanguageModelArtifact, MetricsEvent, StageContext } from '../../../src/pipeline/contract/stage';
import type { StageName } from '../../../src/pipeline/stages';
import { nanoContext, openEngine, runToEnd, trainTrunk, type Trunk } from '../support';

let engine: Engine;
let context: StageContext;
let trunk: Trunk;
const parents = () => ({ ...trunk, teacher: trunk.sft, judge: trunk.reward });
const run = (stage: StageName, changes: Settings = {}, within = context) =>
  runToEnd<LanguageModelArtifact>(within, stage, changes, parents());
const metric = (rows: readonly MetricsEvent[], name: string) => rows.flatMap((r) => r.metrics[name] ?? []);

beforeAll(async () => {
  engine = await openEngine();
  context = nanoContext(engine);
  trunk = await trainTrunk(context);
}, 120_000);
afterAll(() => engine.dispose());

describe('online DPO', () => {
  it('labels the answers of the policy as it is in every round, by people or by the reward model', async () => {
    for (const labels of ['labeler', 'reward-model'] as const) {
      const { rows, evaluations: measured } = await run('online-dpo', {
        rounds: 3,
        steps: 20,
        pairs: 256,
        labels,
        learningRate: 5e-4,
      });
      expect(new Set(metric(rows, 'round'))).toEqual(new Set([1, 2, 3]));
      expect(rows.map((r) => r.update)).toEqual([...rows.map((r) => r.update)].sort((a, b) => a - b));
      expect(rows[0]!.metrics['loss']).toBeCloseTo(Math.LN2, 5);
      expect(Math.min(...metric(rows, 'labels/agreement'))).toBeGreaterThan(0.55);
      expect(measured.at(-1)!.update).toBe(60);
      expect(measured.at(-1)!.evaluation.gold).toBeGreaterThan(measured[0]!.evaluation.gold - 0.05);
      expect(measured.at(-1)!.evaluation.kl).toBeGreaterThan(0.1);
    }
  });
});
