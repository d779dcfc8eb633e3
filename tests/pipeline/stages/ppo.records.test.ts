import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/types';
import type { StageContext } from '../../../src/pipeline/contract/stage';
import { nanoContext, openEngine, runToEnd, trainTrunk, type Trunk } from '../support';

let engine: Engine;
let context: StageContext;
let trunk: Trunk;
beforeAll(async () => {
  engine = await openEngine();
  context = nanoContext(engine, { evaluation: { times: 2, prompts: 8, finalPrompts: 8 } });
  trunk = await trainTrunk(context);
}, 120_000);
afterAll(() => engine.dispose());

describe('answers that are kept of PPO', () => {
  it('are those of the first update after every measurement', async () => {
    const watched = async (updates: number, times: number) => {
      const often = nanoContext(engine, { evaluation: { times, prompts: 8, finalPrompts: 8 } });
      const settings = { iterations: updates, rolloutBatch: 4 };
      const { rows, evaluations } = await runToEnd(often, 'ppo', settings, trunk);
      const kept = rows.filter((row) => row.records).map((row) => row.update);
      expect(kept).toEqual(evaluations.slice(0, -1).map(({ update }) => update + 1));
      return kept;
    };
    expect(await watched(9, 3)).toEqual([1, 4, 7]);
    expect(await watched(5, 3)).toEqual([1, 3, 5]);
    expect(await watched(3, 1)).toEqual([1]);
  });

  it('add up: rewards, advantages and the ratio are those that trained', async () => {
    const { rows, evaluations } = await runToEnd(context, 'ppo', { iterations: 4, rolloutBatch: 16 }, trunk);
    const kept = rows.filter((row) => row.records);
    expect(kept.map((row) => row.update)).toEqual([1, 3]);
    expect(evaluations.map((e) => e.update)).toEqual([0, 2, 4]);
    for (const { records } of kept)
      for (const r of records!) {
        const n = r.completion.length;
        for (const part of [
          r.oldLogProbs,
          r.referenceLogProbs,
          r.newLogProbs,
          r.values,
          r.rewards,
          r.advantages,
        ])
          expect(part).toHaveLength(n);
        const total = r.rewards.reduce((a, b) => a + b, 0);
        const kl = r.oldLogProbs.reduce((sum, log, i) => sum + log - r.referenceLogProbs[i]!, 0);
        expect(total).toBeCloseTo(r.score - r.klCoef * kl, 4);
        expect(r.newLogProbs).not.toEqual(r.oldLogProbs);
      }
    // before the first update the policy is the reference
    for (const r of kept[0]!.records!) expect(r.oldLogProbs).toEqual(r.referenceLogProbs);
  });
});
