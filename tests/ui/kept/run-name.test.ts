import { describe, expect, it } from 'vitest';
import { defaultLabConfig } from '../../../src/pipeline/lab/config';
import { withSetting } from '../../../src/pipeline/lab/edit';
import { plainSymbol, runName, type NameWords } from '../../../src/ui/kept/run-name';

const words: NameWords = {
  stage: (stage) => stage.toUpperCase(),
  setting: (_, name) => name,
  task: (name) => name,
  size: (name) => name,
  seed: (seed) => `seed ${seed}`,
};
const usual = defaultLabConfig();

describe('the name of a run', () => {
  it('is its arms where nothing differs', () => {
    expect(runName(usual, words)).toEqual({ arms: ['PPO', 'DPO'], under: ['review'] });
  });

  it('says what differs from the default, and nothing that does not', () => {
    let config = withSetting(usual, 'dpo', 'beta', 0.02);
    config = withSetting(config, 'dpo', 'steps', 60);
    config = withSetting(config, 'sft', 'steps', 77);
    config = { ...config, seed: 3, size: 'nano' };
    config.arms[0]!.settings = { klCoef: 0.05, iterations: undefined }; // the default, written out
    expect(runName(config, words)).toEqual({
      arms: ['PPO', 'DPO beta=0.02, steps=60'],
      under: ['review', 'nano', 'seed 3', 'SFT steps=77'],
    });
  });

  it('says what an arm changes in the trunk under it', () => {
    const [ppo] = usual.arms;
    const config = { ...usual, arms: [{ ...ppo!, trunk: { sft: { steps: 5 } } }] };
    expect(runName(config, words).arms).toEqual(['PPO (SFT steps=5)']);
  });

  it('says nothing twice that the name of an arm of a sweep has said', () => {
    const [, dpo] = usual.arms;
    const arms = [
      { ...dpo!, name: 'DPO beta=0.02', settings: { beta: 0.02, steps: 9 } },
      { ...dpo!, name: 'DPO SFT steps=5', trunk: { sft: { steps: 5 } } },
    ];
    expect(runName({ ...usual, arms }, words).arms).toEqual(['DPO beta=0.02 steps=9', 'DPO SFT steps=5']);
  });
});

describe('a symbol', () => {
  it.each([
    ['\\beta', 'β'],
    ['\\varepsilon', 'ε'],
    ['n', 'n'],
  ])('%s is %s in plain letters', (tex, plain) => expect(plainSymbol(tex)).toBe(plain));

  it.each(['\\varepsilon_{\\mathrm{high}}', '\\lambda_D', 'c_v', undefined])('%s is none', (tex) =>
    expect(plainSymbol(tex)).toBeUndefined(),
  );
});
