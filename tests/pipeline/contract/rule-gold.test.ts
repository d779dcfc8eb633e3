import { expect, it } from 'vitest';
import { ruledTask } from '../../../src/pipeline/contract/rule-gold';
import { goldOf } from '../../../src/pipeline/data/tokens';
import { encode, EOS, reviewTask } from '../../../src/world';
import type { AlignmentTask } from '../../../src/world/types';

const review = reviewTask as AlignmentTask;
const prompt = review.parsePrompt(['review:', 'the', 'movie', 'was'])!;

it('the gold of a task is a person’s rule, cut to −1…1', async () => {
  const { task, dispose } = await ruledTask(
    review,
    '(words, prompt, finished) => (words.length - prompt.length) / 4 + (finished ? 0 : -1)',
  );
  const gold = (text: string, end: number[] = [EOS]) =>
    goldOf(task, prompt, [...encode(text.split(' ')), ...end]);
  expect(gold('great great')).toEqual({
    total: -0.5,
    parts: [{ name: 'rule', value: -0.5, why: { code: 'gold.rule', values: { score: -0.5 } } }],
  });
  expect(gold('great great', []).total).toBe(-1);
  expect(gold(Array(20).fill('great').join(' '))).toMatchObject({
    total: 1,
    parts: [{ why: { values: { score: 4 } } }],
  });
  expect(task.parsePrompt).toBe(review.parsePrompt);
  dispose();
});

it('a rule that fails says so', async () => {
  await expect(ruledTask(review, '(')).rejects.toMatchObject({ info: { code: 'rule.syntax' } });
  const { task, dispose } = await ruledTask(review, '() => NaN');
  expect(() => task.gold(prompt, ['great'], true)).toThrow('finite number');
  dispose();
});
