import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/types';
import type { Settings } from '../../../src/pipeline/lab/config';
import type { StageContext } from '../../../src/pipeline/contract/stage';
import { BOS, EOS, reviewTask } from '../../../src/world';
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

it('labels mostly agree with gold; flips bring them closer to chance; one half is noise', async () => {
  const agreement = async (changes: Settings) => {
    const run = await runToEnd(context, 'preferences', { pairs: 800, heldOutPairs: 8, ...changes }, trunk);
    return run.result.summary['agreement']!;
  };
  const [careful, flipped, noise] = [
    await agreement({ labelTemperature: 0.01 }),
    await agreement({ labelTemperature: 0.01, flipRate: 0.3 }),
    await agreement({ flipRate: 0.5 }),
  ] as const;
  expect(careful).toBeGreaterThan(0.93);
  expect(flipped).toBeGreaterThan(0.6);
  expect(flipped).toBeLessThan(0.8);
  expect(Math.abs(noise - 0.5)).toBeLessThan(0.08);
});

it('pairs are two different answers of the SFT model to one prompt, <eos> included', () => {
  const { pairs, heldOut } = trunk.preferences;
  expect(pairs).toHaveLength(4000);
  for (const pair of [...pairs.slice(0, 200), ...heldOut]) {
    expect(pair.chosen.join()).not.toBe(pair.rejected.join());
    expect(pair.prompt[0]).toBe(BOS);
    for (const answer of [pair.chosen, pair.rejected]) {
      const eos = answer.indexOf(EOS);
      expect(eos === answer.length - 1 || (eos < 0 && answer.length === reviewTask.maxNewTokens)).toBe(true);
    }
  }
});
