import { describe, expect, it } from 'vitest';
import { rngFrom } from '../../../src/random/rng';
import { sumsTask } from '../../../src/world';
import { readSum, rightSteps, runningTotals } from '../../../src/world/tasks/sums';
import { draws, fiveSigma, partsOf, words } from '../support';

describe('sums on a clock of six hours', () => {
  const prompt = sumsTask.parsePrompt(words('q: two and four and three ? a:'))!; // 2, 0, 3
  const gold = (answer: string, finished = true) => partsOf(sumsTask.gold(prompt, words(answer), finished));

  it.each([
    ['zero three so three .', { rightResult: 1 }],
    ['so three .', { rightResult: 1 }],
    ['five five five so three .', { rightResult: 1 }],
    ['zero so one so three .', { rightResult: 1 }],
    ['zero three so two .', { wrongResult: -1 }],
    ['three .', { noResult: -1 }],
    ['zero three so three three .', { noResult: -1 }],
    ['zero three so three', { noResult: -1 }],
    ['zero three so .', { noResult: -1 }],
    ['zero three so blue .', { noResult: -1 }],
    ['', { noResult: -1 }],
  ])('%j', (answer, parts) => expect(gold(answer)).toEqual(parts));

  it('an answer that does not end is no answer', () => {
    expect(gold('zero three so three .', false)).toEqual({ unfinished: -1 });
  });

  it('checks what a calculator says, for every sum of two and many longer ones', () => {
    for (let a = 0; a < 6; a++)
      for (let b = 0; b < 6; b++) expect(runningTotals([a, b])).toEqual([(a + b) % 6]);
    const rng = rngFrom('sums');
    for (const { meta } of draws(500, () => sumsTask.prompt(rng, 'train')))
      expect(runningTotals(meta.terms).at(-1)).toBe(meta.terms.reduce((x, y) => x + y, 0) % 6);
  });

  it('a process is paid for the steps that are right, from the first on', () => {
    const steps = (answer: string) => rightSteps(prompt.meta, readSum(words(answer)));
    expect(steps('zero three so three .')).toBe(2);
    expect(steps('zero four so three .')).toBe(1);
    expect(steps('one three so three .')).toBe(0);
    expect(steps('so three .')).toBe(0);
    expect(steps('zero three three three so three .')).toBe(2); // no more steps than there are
  });

  it('reads what a person types, and nothing else', () => {
    const parse = (text: string) => sumsTask.parsePrompt(words(text))?.meta.terms ?? null;
    expect(parse('two and one')).toEqual([2, 1]);
    expect(parse('q: zero and five and five ? a:')).toEqual([0, 5, 5]);
    for (const other of [
      'two',
      'two and',
      'and two',
      'two one',
      'two and blue',
      'one and one and one and one and one and one',
      '',
    ])
      // prettier-ignore
      expect(parse(other), other).toBeNull();
  });

  it('curators are always right; narrow ones guess; the crowd does both', () => {
    const rng = rngFrom('writers');
    const right = (source: 'crowd' | 'curated' | 'narrow') =>
      draws(3000, () => sumsTask.demonstration(rng, source)).filter(
        (d) => sumsTask.gold(d.prompt, d.completion, true).total === 1,
      ).length / 3000;
    expect(right('curated')).toBe(1);
    expect(Math.abs(right('narrow') - 1 / 6)).toBeLessThan(fiveSigma(1 / 6, 3000));
    const crowd = right('crowd');
    expect(crowd).toBeGreaterThan(0.45);
    expect(crowd).toBeLessThan(0.65);
    for (const d of draws(100, () => sumsTask.demonstration(rng, 'narrow')))
      expect(d.completion[0]).toBe('so');
  });

  it('held-out sums never occur in training', () => {
    const rng = rngFrom('splits');
    const seen = (split: 'train' | 'heldOut') =>
      new Set(draws(4000, () => sumsTask.prompt(rng, split).words.join(' ')));
    const train = seen('train');
    expect([...seen('heldOut')].filter((p) => train.has(p))).toEqual([]);
  });
});
