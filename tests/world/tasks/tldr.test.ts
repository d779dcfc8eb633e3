import { describe, expect, it } from 'vitest';
import { tldrTask } from '../../../src/world';
import { partsOf, words, draws } from '../support';
import { rngFrom } from '../../../src/random/rng';

describe('tldr gold', () => {
  const prompt = tldrTask.parsePrompt(words('post: my dog is sick . i had a long day . tldr:'))!;
  const gold = (summary: string, finished = true) => tldrTask.gold(prompt, words(summary), finished);

  it.each([
    ['my dog is sick .', { subject: 0.5, adjective: 0.5 }],
    ['dog sick', { subject: 0.5, adjective: 0.5, form: -0.3 }],
    ['my dog is tired .', { subject: 0.5, missingAdjective: -0.4, invented: -0.3, form: -0.3 }],
    ['my cat is sick .', { missingSubject: -0.4, adjective: 0.5, invented: -0.3, form: -0.3 }],
    ['my dog is sick . i had a long day .', { subject: 0.5, adjective: 0.5, tooLong: -0.48 }],
    [
      'i had a long day .',
      { missingSubject: -0.4, missingAdjective: -0.4, form: -0.3, tooLong: -0.08, clip: 0.18 },
    ],
    ['', { missingSubject: -0.4, missingAdjective: -0.4, form: -0.3, clip: 0.1 }],
  ])('%j', (summary, parts) => expect(partsOf(gold(summary))).toEqual(parts));

  it('takes .5 off a summary that does not end', () => {
    expect(gold('my dog is sick .', false).total).toBe(0.5);
  });
});

describe('tldr', () => {
  it('holds out pairs only: each subject and adjective is also trained', () => {
    const rng = rngFrom('pairs');
    const pairs = (split: 'train' | 'heldOut') => draws(3000, () => tldrTask.prompt(rng, split).meta);
    const [train, heldOut] = [pairs('train'), pairs('heldOut')];
    const key = (m: { subject: string; adjective: string }) => `${m.subject} ${m.adjective}`;
    const trained = new Set(train.map(key));
    const unseen = new Set(heldOut.map(key));
    expect([trained.size, unseen.size]).toEqual([45, 15]);
    expect([...unseen].filter((pair) => trained.has(pair))).toEqual([]);
    for (const part of ['subject', 'adjective'] as const) {
      expect(new Set(heldOut.map((m) => m[part]))).toEqual(new Set(train.map((m) => m[part])));
    }
  });

  it('needs exactly one point', () => {
    const parse = (text: string) => tldrTask.parsePrompt(words(text));
    expect(parse('i had a long day . my dog is sick .')).toEqual({
      words: words('post: i had a long day . my dog is sick . tldr:'),
      meta: { subject: 'dog', adjective: 'sick' },
    });
    expect(parse('post: i had a long day . tldr:')).toBeNull();
    expect(parse('post: my dog is sick . my cat is lost . tldr:')).toBeNull();
    expect(parse('post: my dog is blue . tldr:')).toBeNull();
  });
});
