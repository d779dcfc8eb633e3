import { describe, expect, it } from 'vitest';
import { rngFrom } from '../../src/random/rng';
import {
  chatTask,
  encode,
  reviewTask,
  TASK_NAMES,
  taskByName,
  TASKS,
  tldrTask,
  tokenizeText,
  type ChatMeta,
} from '../../src/world';
import { patternOf, splitSentences } from '../../src/world/reviews';
import { draws, fiveSigma, mean, words } from './support';

describe('tasks', () => {
  it('are found by name', () => {
    expect(TASK_NAMES).toEqual(['review', 'chat', 'tldr']);
    for (const name of TASK_NAMES) expect(taskByName(name).name).toBe(name);
    expect(() => taskByName('poetry')).toThrow(/poetry.*review, chat, tldr/);
    expect(TASKS.map((task) => task.maxNewTokens)).toEqual([28, 28, 20]);
  });

  describe.each(TASKS)('$name', (task) => {
    it('has encodable prompts and demonstrations', () => {
      const rng = rngFrom('encodable', task.name);
      for (let i = 0; i < 1500; i++) {
        const { prompt, completion } = task.demonstration(rng, i % 2 ? 'crowd' : 'curated');
        expect(() => encode([...prompt.words, ...completion])).not.toThrow();
        expect(completion.length).toBeGreaterThan(0);
        expect(() => encode(task.prompt(rng, 'heldOut').words)).not.toThrow();
        // <bos>, prompt and the longest completion fit into 64 positions
        expect(1 + prompt.words.length + task.maxNewTokens).toBeLessThanOrEqual(64);
      }
    });

    it('understands its own prompts again', () => {
      const rng = rngFrom('parse', task.name);
      for (let i = 0; i < 1500; i++) {
        const prompt = task.prompt(rng, i % 2 ? 'train' : 'heldOut');
        expect(task.parsePrompt(prompt.words)).toEqual(prompt);
      }
    });

    it('never asks held-out prompts in training', () => {
      const rng = rngFrom('split', task.name);
      const text = ({ words: w }: { words: readonly string[] }) => w.join(' ');
      const heldOut = new Set(draws(6000, () => text(task.prompt(rng, 'heldOut'))));
      const training = draws(6000, (i) =>
        text(i % 2 ? task.prompt(rng, 'train') : task.demonstration(rng, i % 4 ? 'crowd' : 'curated').prompt),
      );
      expect(heldOut.size).toBeGreaterThan(100);
      expect(training.filter((prompt) => heldOut.has(prompt))).toEqual([]);
    });

    it('gives the same for the same seed', () => {
      const demonstrate = (seed: number) => task.demonstration(rngFrom(seed), 'crowd');
      expect(demonstrate(1)).toEqual(demonstrate(1));
      expect(draws(5, demonstrate)).not.toEqual(draws(5, (i) => demonstrate(i + 5)));
    });

    it('understands its example prompts as typed', () => {
      for (const example of task.examplePrompts) {
        const { words: typed, unknown } = tokenizeText(example);
        expect(unknown).toEqual([]);
        expect(task.parsePrompt(typed)?.words).toEqual(typed);
      }
    });

    it('does not understand prompts of other forms', () => {
      const rng = rngFrom('others', task.name);
      for (const other of TASKS.filter(({ name }) => name !== task.name)) {
        draws(50, () => expect(task.parsePrompt(other.prompt(rng, 'train').words)).toBeNull());
      }
      expect(task.parsePrompt([])).toBeNull();
    });
  });
});

/** The default hyperparameters were tuned on demonstrations of this quality; means over 20 000 draws. */
describe('quality of demonstrations', () => {
  it.each([
    ['review', 'crowd', -0.06],
    ['review', 'curated', 0.75],
    ['chat', 'crowd', 0.107],
    ['chat', 'curated', 1],
    ['tldr', 'crowd', 0.295],
    ['tldr', 'curated', 1],
  ] as const)('%s, %s: mean gold %d', (name, source, expected) => {
    const task = taskByName(name);
    const rng = rngFrom('quality', name, source);
    const golds = draws(4000, () => {
      const { prompt, completion } = task.demonstration(rng, source);
      return task.gold(prompt, completion, true).total;
    });
    if (expected === 1) expect(Math.min(...golds)).toBeCloseTo(1, 12);
    else expect(Math.abs(mean(golds) - expected)).toBeLessThan(0.05);
    if (name === 'review' && source === 'crowd') {
      const variance = mean(golds.map((g) => g * g)) - mean(golds) ** 2;
      expect(Math.sqrt(variance)).toBeCloseTo(0.584, 1);
    }
  });
});

describe('review', () => {
  it('curators write legal, positive, varied and short continuations', () => {
    const rng = rngFrom('curated');
    for (let i = 0; i < 1000; i++) {
      const { prompt, completion } = reviewTask.demonstration(rng, 'curated');
      const { sentences, rest } = splitSentences([...prompt.meta.prefix, ...completion]);
      expect(rest).toEqual([]);
      for (const sentence of sentences) expect(patternOf(sentence), sentence.join(' ')).toBeDefined();
      expect(completion.length).toBeLessThanOrEqual(24);
      const names = reviewTask.gold(prompt, completion, true).parts.map((part) => part.name);
      expect(names.filter((name) => name !== 'sentiment')).toEqual([]);
    }
  });

  it('holds out about a quarter of the beginnings of each length', () => {
    const rng = rngFrom('mass');
    const count = { train: 0, heldOut: 0 };
    for (const split of ['train', 'heldOut'] as const) {
      const seen = new Set(draws(8000, () => reviewTask.prompt(rng, split).words.join(' ')));
      count[split] = seen.size;
      const lengths = new Set([...seen].map((text) => text.split(' ').length));
      expect([...lengths].sort()).toEqual([3, 4, 5, 6]);
    }
    expect(count.heldOut / (count.train + count.heldOut)).toBeGreaterThan(0.18);
    expect(count.heldOut / (count.train + count.heldOut)).toBeLessThan(0.35);
  });

  it('takes a typed beginning without its cue', () => {
    expect(reviewTask.parsePrompt(words('the movie was'))).toEqual(
      reviewTask.parsePrompt(words('review: the movie was')),
    );
    expect(reviewTask.parsePrompt(['review:'])).toBeNull();
  });
});

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
