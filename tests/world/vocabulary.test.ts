import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { VOCABULARY_SIZE } from '../../src/model/tokens';
import { rngFrom } from '../../src/random/rng';
import {
  BOS,
  document,
  EOS,
  INSTRUCTION_CLUSTERS,
  instructionExample,
  PAD,
  TASKS,
  TEMPLATE_COUNT,
  VOCABULARY,
} from '../../src/world';
import { draws, words } from './support';

describe('vocabulary', () => {
  it('keeps ids that saved checkpoints rely on', () => {
    expect(VOCABULARY).toHaveLength(VOCABULARY_SIZE);
    expect(VOCABULARY.slice(0, 8)).toEqual(words('<pad> <bos> <eos> q: a: review: post: tldr:'));
    expect(VOCABULARY.slice(8, 15)).toEqual(words('! , . : ? a abel'));
    const digest = createHash('sha256').update(VOCABULARY.join(' ')).digest('hex').slice(0, 16);
    expect(digest).toBe('21d56228fe8bbe93');
  });

  it('has every token once, and specials that differ', () => {
    expect(new Set(VOCABULARY).size).toBe(VOCABULARY.length);
    expect([PAD, BOS, EOS]).toEqual([0, 1, 2]);
  });

  it('lists words in code-unit order without template slots', () => {
    const content = VOCABULARY.slice(8);
    expect(content.every((word, i) => i === 0 || content[i - 1]! < word)).toBe(true);
    expect(content.filter((word) => /[{}<>A-Z\s]/.test(word))).toEqual([]);
  });

  it('contains no word that nothing produces', () => {
    const rng = rngFrom('coverage');
    const seen = new Set<string>();
    const see = (...lists: (readonly string[])[]) => lists.flat().forEach((word) => seen.add(word));
    draws(6000, () => see(document(rng)));
    for (const cluster of [...INSTRUCTION_CLUSTERS, 'verification'] as const) {
      draws(300, (i) => {
        const { prompt, answer } = instructionExample(
          rng,
          cluster,
          i % TEMPLATE_COUNT,
          i % 2 ? 'train' : 'heldOut',
        );
        see(prompt, answer);
      });
    }
    for (const task of TASKS) {
      draws(1000, (i) =>
        see(task.demonstration(rng, 'crowd').completion, task.prompt(rng, i % 2 ? 'train' : 'heldOut').words),
      );
    }
    // Numbers that no list has the length of, kept so that a person may type them.
    const idle = ['zero', 'one', 'five'];
    expect(VOCABULARY.slice(3).filter((word) => !seen.has(word) && !idle.includes(word))).toEqual([]);
  });
});
