import { expect, it } from 'vitest';
import type { RuleAnswer } from '../../src/sandbox/rule';
import { RuleTrial } from '../../src/worker/rules';

const ANSWERS: RuleAnswer[] = [{ words: ['great'], prompt: ['review:'], finished: true }];

/** A worker that answers every call by Comlink's protocol, or nothing at all. */
function standIn(answer: unknown): { worker: Worker; ended: () => boolean } {
  const heard = new Set<(event: { data: unknown }) => void>();
  let ended = false;
  const worker = {
    addEventListener: (type: string, listener: (event: { data: unknown }) => void) =>
      type === 'message' && heard.add(listener),
    removeEventListener: (_: string, listener: (event: { data: unknown }) => void) => heard.delete(listener),
    postMessage({ id }: { id: string }) {
      if (answer === undefined) return;
      setTimeout(() => {
        for (const listener of [...heard]) listener({ data: { id, type: 'RAW', value: answer } });
      });
    },
    terminate: () => (ended = true),
  };
  return { worker: worker as unknown as Worker, ended: () => ended };
}

it('gives what the worker says', async () => {
  const trial = new RuleTrial(() => standIn({ scores: [3] }).worker);
  expect(await trial.score('() => 3', ANSWERS)).toEqual({ scores: [3] });
});

it('ends a worker that does not answer, and asks another one next', async () => {
  const silent = standIn(undefined);
  const spawned = [silent, standIn({ scores: [3] })];
  const trial = new RuleTrial(() => spawned.shift()!.worker, { first: 20, later: 20 });
  expect(await trial.score('() => 3', ANSWERS)).toEqual({
    problem: { code: 'rule.stuck', values: { seconds: 0.02 } },
  });
  expect(silent.ended()).toBe(true);
  const patient = new RuleTrial(() => standIn({ scores: [4] }).worker);
  expect(await patient.score('() => 4', ANSWERS)).toEqual({ scores: [4] });
  expect(spawned).toHaveLength(1);
});
