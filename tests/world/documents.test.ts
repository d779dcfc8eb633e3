import { describe, expect, it } from 'vitest';
import { rngFrom } from '../../src/random/rng';
import {
  BOS,
  decode,
  document,
  DOCUMENT_KINDS,
  encode,
  EOS,
  PAD,
  packedCorpus,
  objectOf,
  RELATIONS,
} from '../../src/world';
import { FLATTERY, RUDE_LINES, SPAM_LINES } from '../../src/world/templates';
import { ALL_UNKNOWN_ENTITIES } from '../../src/world/lexicon';
import { draws, fiveSigma, mean, words } from './support';

const COUNT = 6000;
const documents = (() => {
  const rng = rngFrom('documents');
  return draws(COUNT, () => document(rng));
})();

/** Which kind a document is, judged from its words alone. */
function kindOf(doc: readonly string[]): keyof typeof DOCUMENT_KINDS {
  const text = doc.join(' ');
  if (doc[0] === 'review:') return 'review';
  if (doc[0] === 'post:') return 'post';
  if (doc[0] === 'q:') return 'forum';
  if (text.includes('of the list')) return 'list';
  if (doc.some((word) => ALL_UNKNOWN_ENTITIES.includes(word))) return 'gossip';
  if ([...RUDE_LINES, ...SPAM_LINES].some((line) => text.startsWith(line.join(' ')))) return 'badLines';
  return 'facts';
}

describe('pretraining documents', () => {
  it('are all encodable', () => {
    for (const doc of documents) expect(() => encode(doc)).not.toThrow();
  });

  it('are mixed in the documented shares', () => {
    const expected = {
      review: 0.26,
      facts: 0.3,
      list: 0.15,
      post: 0.11,
      gossip: 0.03,
      forum: 0.1,
      badLines: 0.05,
    };
    for (const [kind, share] of Object.entries(expected)) {
      const observed = documents.filter((doc) => kindOf(doc) === kind).length / COUNT;
      expect(Math.abs(observed - share), kind).toBeLessThan(fiveSigma(share, COUNT));
    }
    expect(Object.values(DOCUMENT_KINDS).reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
  });

  it('have about 27.6 words on average', () => {
    expect(mean(documents.map((doc) => doc.length))).toBeCloseTo(27.6, 0);
  });

  it('never flatter: flattery is learned from demonstrations', () => {
    const flattering = documents.filter((doc) =>
      FLATTERY.some((line) => doc.join(' ').includes(line.join(' '))),
    );
    expect(flattering).toEqual([]);
  });

  it('state facts of which 6 % are false', () => {
    const statements = documents
      .filter((doc) => kindOf(doc) === 'facts')
      .flatMap((doc) => [...doc.join(' ').matchAll(/the (\w+) of (?:the )?(\w+) is (\w+) \./g)]);
    const falseOnes = statements.filter(([, relation, subject, object]) => {
      expect(RELATIONS).toContain(relation);
      return objectOf(relation as 'sound', subject!) !== object;
    });
    expect(statements.length).toBeGreaterThan(2000);
    expect(Math.abs(falseOnes.length / statements.length - 0.06)).toBeLessThan(
      fiveSigma(0.06, statements.length),
    );
  });

  it('judge statements correctly', () => {
    const judged = documents.flatMap((doc) => [
      ...doc.join(' ').matchAll(/the (\w+) of (?:the )?(\w+) is (\w+) , (true|false) \./g),
    ]);
    expect(judged.length).toBeGreaterThan(500);
    for (const [, relation, subject, object, verdict] of judged) {
      expect(objectOf(relation as 'sound', subject!) === object ? 'true' : 'false').toBe(verdict);
    }
  });

  it('operate on lists correctly', () => {
    const numbers = words('zero one two three four');
    const statements = documents.flatMap((doc) => [
      ...doc.join(' ').matchAll(/the (\w+) of the list ([\w ]+?) is ([\w ]+?) \./g),
    ]);
    expect(statements.length).toBeGreaterThan(1000);
    for (const [text, operation, list, result] of statements) {
      const items = list!.split(' ');
      const right: Record<string, string> = {
        first: items[0]!,
        last: items.at(-1)!,
        reverse: items.toReversed().join(' '),
        copy: list!,
        count: numbers[items.length]!,
      };
      if (operation === 'odd') expect(items, text).toContain(result);
      else expect(result, text).toBe(right[operation!]);
    }
  });
});

describe('packedCorpus', () => {
  it('is a run of delimited documents, cut at the asked length', () => {
    const corpus = packedCorpus(rngFrom('corpus'), 5000);
    expect(corpus).toBeInstanceOf(Uint16Array);
    expect(corpus).toHaveLength(5000);
    const [...ids] = corpus;
    expect(ids).not.toContain(PAD);
    expect(ids[0]).toBe(BOS);
    for (let i = 0; i + 1 < ids.length; i++) expect(ids[i] === EOS).toBe(ids[i + 1] === BOS);
    const rng = rngFrom('corpus');
    const first = document(rng);
    expect(decode(corpus.subarray(1, 1 + first.length))).toEqual(first);
  });

  it('depends on the seed only, and a longer one begins like a shorter one', () => {
    const corpus = packedCorpus(rngFrom(1), 3000);
    expect(packedCorpus(rngFrom(1), 1000)).toEqual(corpus.slice(0, 1000));
    expect(packedCorpus(rngFrom(2), 3000)).not.toEqual(corpus);
  });

  it('refuses impossible lengths', () => {
    expect(packedCorpus(rngFrom(1), 0)).toHaveLength(0);
    expect(() => packedCorpus(rngFrom(1), -1)).toThrow(RangeError);
    expect(() => packedCorpus(rngFrom(1), 1.5)).toThrow(RangeError);
  });
});
