import { describe, expect, it } from 'vitest';
import { rngFrom } from '../../../src/random/rng';
import { TASKS, VOCABULARY, encode, TASK_NAMES, taskByName, tokenizeText } from '../../../src/world';
import { draws, mean } from '../support';

describe('narrow demonstrations', () => {
  it.each(TASKS.map((t) => [t.name, t] as const))('%s: good answers to one kind of prompt', (_, task) => {
    const rng = rngFrom('narrow');
    for (let i = 0; i < 50; i++) {
      const { prompt, completion } = task.demonstration(rng, 'narrow');
      const { total } = task.gold(prompt, completion, true);
      if (task.name === 'chat') expect(prompt.meta).toMatchObject({ kind: 'howTo' });
      if (task.name === 'tldr') expect(prompt.meta).toMatchObject({ subject: 'dog' });
      if (task.name === 'review') expect(prompt.words[1]).toBe('the');
      expect(total, completion.join(' ')).toBeGreaterThan(task.name === 'review' ? -0.6 : 0.9);
    }
  });
});

describe('every gold reward', () => {
  it.each(TASKS)('$name: parts add up to the total, which is within ±1, on anything', (task) => {
    const rng = rngFrom('gold', task.name);
    let clipped = 0;
    for (let i = 0; i < 3000; i++) {
      const prompt = task.prompt(rng, i % 2 ? 'train' : 'heldOut');
      const demonstration = () => [...task.demonstration(rng, 'crowd').completion];
      const junk = () => draws(rng.int(0, 30), () => rng.choice(VOCABULARY));
      const completion = rng.choice([demonstration, junk, () => [...demonstration(), ...junk()]])();
      const { total, parts } = task.gold(prompt, completion, rng.bernoulli(0.5));
      expect(Math.abs(parts.reduce((sum, part) => sum + part.value, 0) - total)).toBeLessThan(1e-12);
      expect(Math.abs(total)).toBeLessThanOrEqual(1);
      expect(new Set(parts.map((part) => part.name)).size).toBe(parts.length);
      expect(
        parts.filter((part) => part.value === 0 || !/^[a-z][a-zA-Z]+$/.test(part.name) || !part.why),
      ).toEqual([]);
      const clip = parts.find((part) => part.name === 'clip');
      if (clip) {
        clipped++;
        expect(Math.abs(total)).toBe(1);
      }
    }
    expect(clipped).toBeGreaterThan(100);
  });

  it.each(TASKS)('$name: does not change what it is given', (task) => {
    const { prompt, completion } = task.demonstration(rngFrom('frozen'), 'crowd');
    const before = JSON.stringify([prompt, completion]);
    expect(task.gold(prompt, completion, true)).toEqual(task.gold(prompt, completion, true));
    expect(JSON.stringify([prompt, completion])).toBe(before);
  });
});

describe('tasks', () => {
  it('are found by name', () => {
    expect(TASK_NAMES.slice(0, 3)).toEqual(['review', 'chat', 'tldr']);
    expect(TASK_NAMES).toEqual(TASKS.map((task) => task.name));
    for (const name of TASK_NAMES) expect(taskByName(name).name).toBe(name);
    expect(() => taskByName('poetry')).toThrow(/poetry.*review, chat, tldr/);
    expect(TASKS.slice(0, 3).map((task) => task.maxNewTokens)).toEqual([28, 28, 20]);
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
