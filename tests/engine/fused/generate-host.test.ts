import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFusedEngine } from '../../../src/engine/fused';
import type { Engine, GenerateOptions, LanguageModel } from '../../../src/engine/types';
import type { GptConfig } from '../../../src/model/config';
import { rngFrom } from '../../../src/random/rng';
import { busyWeights, tinyConfig } from '../../support/engines';

const configs: GptConfig[] = [
  tinyConfig,
  { vocabSize: 37, nPositions: 16, nEmbd: 24, nLayer: 1, nHead: 2 },
  { vocabSize: 357, nPositions: 24, nEmbd: 32, nLayer: 2, nHead: 4 },
];

describe.each(configs)('sampling as a tree: V=$vocabSize d=$nEmbd L=$nLayer', (config) => {
  let engine: Engine;
  let model: LanguageModel;
  beforeAll(async () => {
    engine = await createFusedEngine('wasm');
    model = engine.createModel(config, busyWeights(config, 3));
  });
  afterAll(() => engine.dispose());

  const rng = rngFrom(4, 'prompts', String(config.vocabSize));
  const some = Array.from({ length: 5 }, () =>
    Array.from({ length: rng.int(1, 6) }, () => rng.int(1, config.vocabSize - 1)),
  );
  /** Many repeats, prompts that begin others, and one that leaves no room for an answer. */
  const full = Array.from({ length: config.nPositions }, () => 1);
  const prompts = [
    ...Array.from({ length: 40 }, () => some[rng.int(0, 4)]!),
    [1],
    [1],
    [...some[0]!, 1],
    full,
    full.slice(1),
  ];

  it.each([
    { temperature: 1 },
    { temperature: 0.3 },
    { temperature: 0 },
    { temperature: 1, banned: [3, 4], firstRow: 7 },
    { temperature: 0.8, maxNewTokens: 2 },
  ])('draws for each row what it draws alone: %o', async (changes) => {
    const options: GenerateOptions = { maxNewTokens: 100, noiseKey: 99, ...changes };
    const together = await model.generate(prompts, options);
    for (const [row, prompt] of prompts.entries()) {
      const alone = await model.generate([prompt], { ...options, firstRow: (options.firstRow ?? 0) + row });
      expect([together.completions[row], together.finished[row]]).toEqual([
        alone.completions[0],
        alone.finished[0],
      ]);
    }
    const repeats = prompts.map((prompt, row) => `${prompt.join()}: ${together.completions[row]!.join()}`);
    if (options.temperature > 0) expect(new Set(repeats).size).toBeGreaterThan(12); // rows part
  });

  it('draws by the coordinates that it is given', async () => {
    const options = { maxNewTokens: 6, temperature: 1, noiseKey: 5 };
    const whole = await model.generate(prompts, options);
    const rows = [31, 2, 17];
    const part = await model.generate(
      rows.map((row) => prompts[row]!),
      { ...options, noiseRows: rows },
    );
    expect(part.completions).toEqual(rows.map((row) => whole.completions[row]));
  });

  it('tells of the tokens what a pass over the answers tells, to the last bit', async () => {
    const want = { logProbs: true, entropy: true, values: true };
    const { completions, outputs } = await model.generate(prompts, {
      ...{ maxNewTokens: 100, temperature: 0.9, noiseKey: 2, banned: [3] },
      want,
    });
    const batch = prompts.map((prompt, i) => ({
      ids: [...prompt, ...completions[i]!],
      start: prompt.length,
    }));
    expect(outputs).toEqual(await model.evaluate(batch, want));
    expect(Math.min(...outputs!.logProbs!.data)).toBeLessThan(0);
  });
});
