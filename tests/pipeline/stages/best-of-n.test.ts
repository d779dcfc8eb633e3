import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/types';
import type { Settings } from '../../../src/pipeline/lab/config';
import type { Evaluation, LanguageModelArtifact, StageContext } from '../../../src/pipeline/contract/stage';
import type { StageName } from '../../../src/pipeline/stages';
import { nanoContext, openEngine, runToEnd, trainTrunk, type StageRun, type Trunk } from '../support';

let engine: Engine;
let context: StageContext;
let trunk: Trunk;
const parents = () => ({ ...trunk, teacher: trunk.sft, judge: trunk.reward });
const run = (stage: StageName, changes: Settings = {}, within = context) =>
  runToEnd<LanguageModelArtifact>(within, stage, changes, parents());
const evaluations = (r: StageRun): Evaluation[] => r.evaluations.map((e) => e.evaluation);

beforeAll(async () => {
  engine = await openEngine();
  context = nanoContext(engine);
  trunk = await trainTrunk(context);
}, 120_000);
afterAll(() => engine.dispose());

describe('policies that only choose among SFT’s answers', () => {
  it('best of n: reward rises with n, KL stays just below the analytic one, n = 1 is SFT', async () => {
    const measured = evaluations(await run('best-of-n', { largest: 16, samples: 64 }));
    expect(measured.map((e) => e.bestOf)).toEqual([1, 2, 4, 8, 16]);
    for (const { kl, bestOf } of measured) {
      const analytic = Math.log(bestOf!) - (bestOf! - 1) / bestOf!;
      expect(kl).toBeLessThanOrEqual(analytic + 1e-12);
      expect(kl).toBeGreaterThanOrEqual(0.9 * analytic - 1e-12);
    }
    const proxies = measured.map((e) => e.proxy!);
    expect(proxies).toEqual([...proxies].sort((a, b) => a - b));
    expect(Math.abs(proxies[0]!)).toBeLessThan(0.3);
    expect(measured.at(-1)!.gold).toBeGreaterThan(measured[0]!.gold + 0.05);
    expect(measured[0]!.winRateLow).toBeLessThan(0.5);
    expect(measured[0]!.winRateHigh).toBeGreaterThan(0.5);
  });

  it('keeps the figures of every rung of a tilt, however close they are', async () => {
    const ladder = { samples: 4, highestBeta: 3, lowestBeta: 2.95, rungs: 5 };
    const { evaluations: rungs, result } = await run('tilt', ladder);
    const golds = Object.entries(result.summary).filter(([name]) => name.startsWith('gold.'));
    expect(golds.map(([, gold]) => gold)).toEqual(rungs.map((e) => e.evaluation.gold));
  });
});
