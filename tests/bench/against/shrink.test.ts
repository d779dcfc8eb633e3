import { expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { configProblems, labConfigSchema, type LabConfig } from '../../../src/pipeline/lab/config';
import { shrunk, WHOLE, type Less } from './shrink.mjs';

const demo = (name: string) =>
  labConfigSchema.parse(
    JSON.parse(readFileSync(new URL(`../../../demos/${name}/demo.json`, import.meta.url), 'utf8')).config,
  ) as LabConfig;

const all = (n: number): Less => ({ updates: n, samples: n, prompts: n, final: n, times: n });

const eight = demo('ppo-vs-dpo');

it('divides updates, samples and prompts, names them all, and leaves what is learned alone', () => {
  const { arms, evaluation, trunk } = shrunk(eight, { ...all(4), times: 2 }, false);
  const settings = Object.fromEntries(arms.map((a) => [a.id, a.settings]));
  expect(settings['ppo']).toEqual({ iterations: 15 });
  expect(settings['ppo-gold']).toEqual({ iterations: 15, rewardSource: 'gold' });
  expect(settings['frontier']).toEqual({ samples: 64 });
  expect(settings['best-of-n']).toEqual({ samples: 32, largest: 16 });
  expect(evaluation).toMatchObject({
    times: 6,
    prompts: 32,
    finalPrompts: 128,
    temperatures: [0, 0.25, 0.5, 0.75, 1],
  });
  expect(trunk).toEqual({}); // it is shipped
});

it('whole, it says only what is said already', () => {
  const { arms, evaluation } = shrunk(eight, WHOLE, false);
  expect(evaluation).toEqual(eight.evaluation);
  expect(arms.find((a) => a.id === 'frontier')!.settings).toEqual({ samples: 256 });
});

it('draws as many answers from fewer prompts where only prompts are left out', () => {
  const { arms, evaluation } = shrunk(eight, { ...WHOLE, prompts: 8 }, false);
  expect(arms.find((a) => a.id === 'frontier')!.settings).toEqual({ samples: 256 });
  expect(evaluation).toEqual({ ...eight.evaluation, prompts: 16 });
});

it('shrinks a trunk that is trained, with what a demo and its arms say of it', () => {
  const { trunk, arms } = shrunk(demo('overoptimization'), all(10), true);
  expect(trunk.sft).toEqual({ steps: 10 });
  expect(trunk.preferences).toEqual({ pairs: 400, heldOutPairs: 51 });
  expect(trunk).not.toHaveProperty('pretrain');
  expect(arms.find((a) => a.id === 'few-labels')!.trunk!.preferences).toMatchObject({ pairs: 10 });
  expect(arms.find((a) => a.id === 'noisy')!.trunk!.preferences).toMatchObject({ flipRate: 0.4, pairs: 400 });
});

it.each(['ppo-vs-dpo', 'flan', 'zephyr', 'reward-model', 'lima', 'instructgpt'])(
  '%s stays possible, however much is left out',
  (name) => {
    for (const factor of [3, 40, 1e6]) {
      const config = shrunk(demo(name), all(factor), true);
      expect(() => labConfigSchema.parse(config)).not.toThrow();
      expect(configProblems(config)).toEqual([]);
    }
  },
);
