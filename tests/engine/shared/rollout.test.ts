import { expect, it, vi } from 'vitest';
import { withOutputs } from '../../../src/engine/shared/rollout';
import type { GenerateOptions, HostOutputs, Rollout } from '../../../src/engine/types';

const prompts = [[1, 5], [1]];
const rollout: Rollout = { completions: [[6, 2], [7]], finished: [true, false], readbacks: 0 };
const found: HostOutputs = { mask: { rows: 2, cols: 2, data: new Float32Array([1, 1, 1, 0]) } };
const want = { logProbs: true };

const told = async (options: Partial<GenerateOptions>, sampled = rollout) => {
  const evaluate = vi.fn(() => Promise.resolve(found));
  const all = { maxNewTokens: 2, temperature: 1, noiseKey: 0, ...options };
  return { evaluate, result: await withOutputs({ evaluate }, prompts, all, Promise.resolve(sampled)) };
};

it('asks for what sampling does not tell by one pass over prompts and answers', async () => {
  const { evaluate, result } = await told({ want });
  expect(result).toEqual({ ...rollout, outputs: found });
  const batch = [
    { ids: [1, 5, 6, 2], start: 2 },
    { ids: [1, 7], start: 1 },
  ];
  expect(evaluate.mock.calls).toEqual([[batch, want]]);
});

it.each([
  ['nothing is wanted', {}, rollout],
  ['only what is known is wanted', { want, onlyIfKnown: true as const }, rollout],
  ['sampling has told it', { want }, { ...rollout, outputs: found }],
])('leaves the rollout as it is where %s', async (_, options, sampled) => {
  const { evaluate, result } = await told(options, sampled);
  expect(result).toBe(sampled);
  expect(evaluate).not.toHaveBeenCalled();
});
