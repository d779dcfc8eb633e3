import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFusedEngine } from '../../../../src/engine/fused';
import type { Engine, GenerateOptions, LanguageModel } from '../../../../src/engine/types';
import type { GptConfig } from '../../../../src/model/config';
import { EOS } from '../../../../src/model/tokens';
import { rngFrom } from '../../../../src/random/rng';
import { busyWeights } from '../../../support/engines';

const CONFIGS: (GptConfig & { name: string })[] = [
  { name: 'nano', vocabSize: 37, nPositions: 40, nEmbd: 32, nLayer: 1, nHead: 4 },
  { name: 'odd sizes', vocabSize: 39, nPositions: 21, nEmbd: 24, nLayer: 3, nHead: 2 },
  { name: 'more tokens than threads', vocabSize: 357, nPositions: 30, nEmbd: 64, nLayer: 2, nHead: 4 },
];

/** Prompts of every length up to one that leaves no room. */
function promptsOf({ vocabSize, nPositions }: GptConfig, count: number): number[][] {
  const rng = rngFrom(3, 'prompts');
  return Array.from({ length: count }, (_, row) =>
    Array.from({ length: row === 1 ? nPositions : 1 + ((5 * row) % 13) }, () => rng.int(3, vocabSize - 1)),
  );
}

/** Whole rollouts on the device beside those of WASM, one token after the other, which are tested against plain tfjs. */
describe.each(['webgpu', 'webgl'] as const)('rollouts on %s', (backend) => {
  let fused: Engine;
  let stepwise: Engine;
  beforeAll(async () => {
    fused = await createFusedEngine(backend, { wholeRollouts: true });
    stepwise = await createFusedEngine('wasm');
  });
  afterAll(() => {
    fused.dispose();
    stepwise.dispose();
  });
  const both = async (config: GptConfig, run: (model: LanguageModel) => Promise<void>) => {
    for (const engine of [stepwise, fused]) {
      const model = engine.createModel(config, busyWeights(config, 5));
      await run(model);
      model.dispose();
    }
  };

  it.each(CONFIGS)('draw what is drawn token by token: $name', async (config) => {
    const prompts = promptsOf(config, 5);
    for (const options of [
      { maxNewTokens: 6, temperature: 0, noiseKey: 1 },
      { maxNewTokens: 6, temperature: 0.8, noiseKey: 7, firstRow: 5, banned: [4] },
      { maxNewTokens: 20, temperature: 1, noiseKey: 0xfffffff0, banned: [EOS] },
    ] satisfies GenerateOptions[]) {
      const found: unknown[] = [];
      await both(config, async (model) => {
        const { completions, finished } = await model.generate(prompts, options);
        found.push({ completions, finished });
      });
      expect(found[1]).toEqual(found[0]);
    }
  });

  it('draw a row alike in any company, and however the steps are cut', async () => {
    const config = CONFIGS[0]!;
    const model = fused.createModel(config, busyWeights(config, 5));
    const prompts = promptsOf(config, 70).filter((p) => p.length < config.nPositions);
    const options = { maxNewTokens: 8, temperature: 1, noiseKey: 3 };
    const together = await model.generate(prompts, options);
    for (const row of [0, 40])
      expect((await model.generate([prompts[row]!], { ...options, firstRow: row })).completions[0]).toEqual(
        together.completions[row],
      );
    model.dispose();
  });
});
