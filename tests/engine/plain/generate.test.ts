import { describe, expect, it } from 'vitest';
import { createPlainEngine } from '../../../src/engine/plain';
import { busyWeights, tinyConfig, withModel } from '../../support/engines';

const weights = busyWeights(tinyConfig, 1);

describe('generation', () => {
  it('continues prompts of different lengths as if each were alone', async () => {
    const engine = await createPlainEngine('cpu');
    await withModel(engine, tinyConfig, weights, async (model) => {
      const prompts = [[1], [1, 5, 6, 7], [1, 3]];
      const options = { maxNewTokens: 6, temperature: 1, noiseKey: 42 };
      const together = await model.generate(prompts, options);
      for (const [b, prompt] of prompts.entries()) {
        const alone = await model.generate([prompt], { ...options, firstRow: b });
        expect(alone.completions[0]).toEqual(together.completions[b]);
      }
    });
  });

  it('agrees with full forward passes at every step', async () => {
    const engine = await createPlainEngine('wasm');
    await withModel(engine, tinyConfig, weights, async (model) => {
      const options = { maxNewTokens: 7, temperature: 0, noiseKey: 0, banned: [2] };
      const { completions, finished } = await model.generate([[1, 9, 4]], options);
      expect(finished).toEqual([false]);
      const ids = [1, 9, 4];
      for (const id of completions[0]!) {
        const { data } = await model.nextLogits([{ ids, start: 1 }]);
        data[0] = data[2] = -Infinity;
        expect(id).toBe(data.indexOf(Math.max(...data)));
        ids.push(id);
      }
      expect(ids.length).toBe(10);
    });
  });

  it('draws the same tokens on every backend', async () => {
    const rollouts = await Promise.all(
      (['cpu', 'wasm'] as const).map(async (backend) =>
        withModel(await createPlainEngine(backend), tinyConfig, weights, (model) =>
          model.generate(Array(20).fill([1, 5]), { maxNewTokens: 8, temperature: 1, noiseKey: 3 }),
        ),
      ),
    );
    expect(rollouts[1]!.completions).toEqual(rollouts[0]!.completions);
  });
});
