import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/types';
import type { Settings } from '../../../src/pipeline/lab/config';
import type { LanguageModelArtifact, StageContext } from '../../../src/pipeline/contract/stage';
import type { StageName } from '../../../src/pipeline/stages';
import { nanoContext, openEngine, runToEnd, trainTrunk, type Trunk } from '../support';

let engine: Engine;
let context: StageContext;
let trunk: Trunk;
const parents = () => ({ ...trunk, teacher: trunk.sft, judge: trunk.reward });
const run = (stage: StageName, changes: Settings = {}, within = context) =>
  runToEnd<LanguageModelArtifact>(within, stage, changes, parents());

beforeAll(async () => {
  engine = await openEngine();
  context = nanoContext(engine);
  trunk = await trainTrunk(context);
}, 120_000);
afterAll(() => engine.dispose());

describe('probe', () => {
  it('measures SFT itself: KL 0, wins even', async () => {
    const { result } = await run('probe');
    expect(result.summary).toMatchObject({ kl: 0, winRate: 0.5 });
    expect(result.summary['gold']).toBeCloseTo(trunk.runs.sft.result.summary['gold']!, 6);
  });

  it('with the tax: loss on web text rises and is measured for every arm', async () => {
    const taxed = { ...context, evaluation: { ...context.evaluation, tax: true } };
    const base = await runToEnd(taxed, 'probe', {}, { sft: trunk.base });
    const sft = await run('probe', {}, taxed);
    expect(sft.result.summary['webLoss']).toBeGreaterThan(base.result.summary['webLoss']!);
    expect(base.result.summary['webLoss']).toBeCloseTo(trunk.runs.pretrain.result.summary['loss']!, 0);
    expect(sft.result.summary['fewShot']).toBeGreaterThanOrEqual(0);
    const { result } = await run('preferred-ft', { steps: 1 }, taxed);
    expect(result.summary['webLoss']).toBeGreaterThan(0);
  });
});
