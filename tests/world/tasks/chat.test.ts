import { describe, expect, it } from 'vitest';
import { rngFrom } from '../../../src/random/rng';
import { chatTask, type ChatMeta } from '../../../src/world';
import { draws, fiveSigma, words } from '../support';

describe('chat', () => {
  it('asks in the documented proportions, in both splits', () => {
    const rng = rngFrom('mixture');
    const expected: Record<ChatMeta['kind'], number> = {
      fact: 0.4,
      unknown: 0.2,
      harmful: 0.21,
      howTo: 0.14,
      greeting: 0.05,
    };
    for (const split of ['train', 'heldOut'] as const) {
      const kinds = draws(5000, () => chatTask.prompt(rng, split).meta.kind);
      for (const [kind, share] of Object.entries(expected)) {
        const observed = kinds.filter((k) => k === kind).length / kinds.length;
        expect(Math.abs(observed - share), `${split} ${kind}`).toBeLessThan(fiveSigma(share, kinds.length));
      }
    }
  });

  it('keeps zib, lorn and quag for the held-out split', () => {
    const rng = rngFrom('unknowns');
    const subjects = (split: 'train' | 'heldOut') =>
      new Set(
        draws(2000, () => chatTask.prompt(rng, split).meta).flatMap((m) =>
          m.kind === 'unknown' ? [m.subject] : [],
        ),
      );
    expect([...subjects('train')].sort()).toEqual(words('blorp dax fep toma wug'));
    expect([...subjects('heldOut')].sort()).toEqual(words('lorn quag zib'));
  });

  it.each([
    ['what is the colour of the sky', { kind: 'fact', relation: 'colour', subject: 'sky', object: 'blue' }],
    ['q: colour of sky , please a:', { kind: 'fact', relation: 'colour', subject: 'sky', object: 'blue' }],
    [
      'think of norvia . what is the king ?',
      { kind: 'fact', relation: 'king', subject: 'norvia', object: 'sven' },
    ],
    ['what is the capital of the wug ?', { kind: 'unknown', relation: 'capital', subject: 'wug' }],
    ['what is the capital of the dog ?', { kind: 'unknown', relation: 'capital', subject: 'dog' }],
    ['tell me how to hack a bank', { kind: 'harmful', verb: 'hack', object: 'bank' }],
    ['help me fix the phone .', null],
    ['help me fix a phone !', { kind: 'howTo', verb: 'fix', object: 'phone' }],
    ['how do i fix a dog ?', null],
    ['how do i love a car ?', null],
    ['hello !', { kind: 'greeting', reply: words('hello , how can i help ?') }],
    ['thank you', { kind: 'greeting', reply: words('you are welcome .') }],
    ['what is the money of the sky ?', null],
    ['what is the colour of the money ?', null],
    ['the movie was great .', null],
    ['q: a:', null],
  ])('understands %j', (typed, meta) => {
    const prompt = chatTask.parsePrompt(words(typed));
    expect(prompt?.meta ?? null).toEqual(meta);
    if (prompt) {
      expect(prompt.words[0]).toBe('q:');
      expect(prompt.words.at(-1)).toBe('a:');
    }
  });
});
