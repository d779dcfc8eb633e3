import { describe, expect, it } from 'vitest';
import { rngFrom } from '../../src/random/rng';
import {
  encode,
  INSTRUCTION_CLUSTERS,
  instructionExample,
  instructionSubjects,
  RELATIONS,
  subjectsOf,
  TEMPLATE_COUNT,
  TRAIN_TEMPLATES,
  UNSEEN_TEMPLATES,
} from '../../src/world';
import {
  QUESTION_TEMPLATES,
  SENTIMENT_TEMPLATES,
  SUMMARY_TEMPLATES,
  VERIFICATION_TEMPLATES,
} from '../../src/world/templates';
import { draws } from './support';

const ALL_CLUSTERS = [...INSTRUCTION_CLUSTERS, 'verification'] as const;

const TEMPLATE_LISTS = [QUESTION_TEMPLATES, SENTIMENT_TEMPLATES, SUMMARY_TEMPLATES, VERIFICATION_TEMPLATES];

describe('instruction templates', () => {
  it('are 18 different wordings', () => {
    for (const templates of TEMPLATE_LISTS) {
      expect(templates).toHaveLength(TEMPLATE_COUNT);
      expect(new Set(templates.map((form) => form.join(' '))).size).toBe(TEMPLATE_COUNT);
    }
  });

  it('use in unseen wordings only words of the trained ones', () => {
    const wordsOf = (indices: readonly number[]) =>
      TEMPLATE_LISTS.flatMap((templates) => indices.flatMap((i) => templates[i]!));
    const trained = new Set(wordsOf(TRAIN_TEMPLATES));
    expect(wordsOf(UNSEEN_TEMPLATES).filter((word) => !trained.has(word))).toEqual([]);
  });

  it('are 12 for training and 6 unseen', () => {
    expect([...TRAIN_TEMPLATES, ...UNSEEN_TEMPLATES]).toEqual(draws(18, (i) => i));
    expect(UNSEEN_TEMPLATES).toHaveLength(6);
  });
});

describe('instructionExample', () => {
  it('has 17 clusters', () => expect(INSTRUCTION_CLUSTERS).toHaveLength(17));

  it.each(ALL_CLUSTERS)('%s: encodable in every wording and option', (cluster) => {
    const rng = rngFrom('instructions', cluster);
    for (let i = 0; i < 360; i++) {
      const { prompt, answer } = instructionExample(
        rng,
        cluster,
        i % TEMPLATE_COUNT,
        i % 2 ? 'train' : 'heldOut',
        {
          answer: i % 3 ? 'short' : 'sentence',
          instruction: i % 5 > 0,
        },
      );
      expect(() => encode([...prompt, ...answer])).not.toThrow();
      expect(prompt.at(-1)).toBe('a:');
      expect(answer.at(-1)).toBe('.');
    }
  });

  it('uses disjoint subjects: max(3, 25 %) are held out', () => {
    for (const relation of RELATIONS) {
      const [train, heldOut] = [
        instructionSubjects(relation, 'train'),
        instructionSubjects(relation, 'heldOut'),
      ];
      const all = subjectsOf(relation);
      expect(heldOut).toHaveLength(Math.max(3, Math.floor(all.length / 4)));
      expect([...train, ...heldOut].sort()).toEqual([...all].sort());
      const rng = rngFrom('subjects', relation);
      for (const split of ['train', 'heldOut'] as const) {
        const other = split === 'train' ? heldOut : train;
        draws(200, () => {
          const { prompt } = instructionExample(rng, relation, 0, split);
          expect(prompt.filter((word) => other.includes(word))).toEqual([]);
        });
      }
    }
  });

  it('answers shortly, or in a sentence', () => {
    const example = (answer: 'short' | 'sentence') =>
      instructionExample(rngFrom('same'), 'capital', 0, 'train', { answer });
    const [short, sentence] = [example('short'), example('sentence')];
    expect(short.answer).toHaveLength(2);
    expect(sentence.prompt).toEqual(short.prompt);
    expect(sentence.answer.join(' ')).toMatch(/^the capital of \w+ is \w+ \.$/);
    expect(sentence.answer.slice(-2)).toEqual(short.answer);
  });

  it('can leave the instruction out', () => {
    const input = (cluster: (typeof ALL_CLUSTERS)[number]) =>
      instructionExample(rngFrom('bare'), cluster, 0, 'train', { instruction: false }).prompt.join(' ');
    expect(input('capital')).toMatch(/^q: \w+ a:$/);
    expect(input('sound')).toMatch(/^q: the \w+ a:$/);
    expect(input('reverse')).toMatch(/^q: \w+( \w+){1,3} a:$/);
    expect(input('sentiment')).toMatch(/^review: .*[.!] a:$/);
    expect(input('tldr')).toMatch(/^post: .*\. a:$/);
    expect(input('tldr')).not.toContain('q:');
  });

  it('refuses templates that do not exist', () => {
    for (const index of [-1, 18, 0.5]) {
      expect(() => instructionExample(rngFrom(1), 'capital', index, 'train')).toThrow(RangeError);
    }
  });
});
