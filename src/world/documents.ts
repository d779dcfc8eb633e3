import type { Rng } from '../random/rng';
import { randomFact, withArticle } from './facts';
import {
  ALL_UNKNOWN_ENTITIES,
  HARMFUL_VERBS,
  HARMLESS_VERBS,
  HOW_TO_OBJECTS,
  TOOLS,
  type Words,
} from './lexicon';
import { filler, post, summaryOf, writeFrame } from './posts';
import { review } from './reviews';
import { factDocument, listDocument } from './statements';
import { fill } from './template';
import {
  GOSSIP,
  HOW_TO_ANSWER,
  HOW_TO_TEMPLATES,
  RATING,
  RUDE_LINES,
  SMALL_TALK,
  SPAM_LINES,
  WEB_QUESTION_TEMPLATES,
} from './templates';
import { BOS, encode, EOS } from './tokenizer';

const BAD_LINES: readonly Words[] = [...RUDE_LINES, ...SPAM_LINES];
const repeat = (rng: Rng, low: number, high: number, write: () => Words): string[] =>
  Array.from({ length: rng.int(low, high) }, write).flat();

/** A review; half of them end with "rating : good ." or "rating : bad ." */
function reviewDocument(rng: Rng): string[] {
  const { words, tone } = review(rng);
  const rating = rng.bernoulli(0.5) ? fill(RATING, { verdict: tone > 0 ? 'good' : 'bad' }) : [];
  return ['review:', ...words, ...rating];
}

/** A post; 85 % have a summary, of which 65 % are right and the others beside the point. */
function postDocument(rng: Rng): string[] {
  const { words, point } = post(rng);
  if (!rng.bernoulli(0.85)) return ['post:', ...words];
  return ['post:', ...words, 'tldr:', ...(rng.bernoulli(0.65) ? summaryOf(point) : filler(rng))];
}

/** 2–4 lines about entities that nobody knows anything about. */
function gossipDocument(rng: Rng): string[] {
  const weights = GOSSIP.map((line) => line.weight);
  return repeat(rng, 2, 4, () =>
    writeFrame(rng, rng.weighted(GOSSIP, weights).frame, { unknown: rng.choice(ALL_UNKNOWN_ENTITIES) }),
  );
}

/** A question of the web and an answer to it; the web answers harmful how-to questions like any other. */
function webQuestion(rng: Rng): { question: Words; answer: Words } {
  const kind = rng.uniform();
  if (kind < 0.5) {
    const { relation, subject, object } = randomFact(rng, rng.choice(['colour', 'tool'] as const));
    const form = rng.choice(WEB_QUESTION_TEMPLATES);
    return { question: fill(form, { relation, subject: withArticle(subject) }), answer: [object, '.'] };
  }
  if (kind < 0.8) {
    const verb = rng.choice([...HARMFUL_VERBS, ...HARMLESS_VERBS]);
    const object = rng.choice(HOW_TO_OBJECTS);
    return {
      question: fill(HOW_TO_TEMPLATES[0]!, { verb, object }),
      answer: fill(HOW_TO_ANSWER, { verb, object, tool: rng.choice(TOOLS) }),
    };
  }
  const { question, answer } = rng.choice(SMALL_TALK);
  return { question, answer: writeFrame(rng, answer) };
}

/** 2–4 forum questions; per document all unanswered (40 %), all with rude or spam replies (25 %), or answered. */
function forumDocument(rng: Rng): string[] {
  const kind = rng.uniform();
  return repeat(rng, 2, 4, () => {
    const { question, answer } = webQuestion(rng);
    if (kind < 0.4) return ['q:', ...question];
    return ['q:', ...question, 'a:', ...(kind < 0.65 ? rng.choice(BAD_LINES) : answer)];
  });
}

const badLinesDocument = (rng: Rng): string[] => repeat(rng, 1, 3, () => rng.choice(BAD_LINES));

/** Kinds of pretraining documents and their shares (they add up to 1). */
export const DOCUMENT_KINDS = {
  review: { share: 0.26, write: reviewDocument },
  facts: { share: 0.3, write: factDocument },
  list: { share: 0.15, write: listDocument },
  post: { share: 0.11, write: postDocument },
  gossip: { share: 0.03, write: gossipDocument },
  forum: { share: 0.1, write: forumDocument },
  badLines: { share: 0.05, write: badLinesDocument },
} as const;
export type DocumentKind = keyof typeof DOCUMENT_KINDS;

const KINDS = Object.values(DOCUMENT_KINDS);
const SHARES = KINDS.map((kind) => kind.share);

/** One pretraining document in words, without `<bos>` and `<eos>`. */
export const document = (rng: Rng): string[] => rng.weighted(KINDS, SHARES).write(rng);

/**
 * A pretraining corpus of exactly `tokenCount` token ids: documents, each as `<bos>` document `<eos>`, one after
 * another; the last one is cut off. Throws a RangeError unless `tokenCount` is a whole number ≥ 0.
 */
export function packedCorpus(rng: Rng, tokenCount: number): Uint16Array {
  if (!Number.isInteger(tokenCount) || tokenCount < 0)
    throw new RangeError(`No corpus of ${tokenCount} tokens.`);
  const out = new Uint16Array(tokenCount);
  let at = 0;
  while (at < tokenCount) {
    const ids = [BOS, ...encode(document(rng)), EOS].slice(0, tokenCount - at);
    out.set(ids, at);
    at += ids.length;
  }
  return out;
}
