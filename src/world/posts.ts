import type { Rng } from '../random/rng';
import { POST_ADJECTIVES, POST_SUBJECTS } from './lexicon';
import { fill } from './template';
import { FILLERS, SUMMARY, type Frame } from './templates';
import type { Split } from './types';

/** The frame's form with a random choice in each slot; `extra` fills slots the frame leaves open. */
export function writeFrame(rng: Rng, { form, choices }: Frame, extra: Record<string, string> = {}): string[] {
  const slots: Record<string, string> = { ...extra };
  for (const [slot, words] of Object.entries(choices)) slots[slot] = rng.choice(words);
  return fill(form, slots);
}

/** A sentence beside the point, for example "i had a long day ." */
export const filler = (rng: Rng): string[] => writeFrame(rng, rng.choice(FILLERS));

/** What a post is about: "my {subject} is {adjective} ." */
export interface PostPoint {
  subject: string;
  adjective: string;
}

export const summaryOf = (point: PostPoint): string[] => fill(SUMMARY, { ...point });

/**
 * Held-out points: those whose positions in the two word lists add up to a multiple of 4 (15 of 60), so that
 * each subject and each adjective occurs in both splits and only their combination is new.
 */
export const isHeldOutPoint = ({ subject, adjective }: PostPoint): boolean =>
  (POST_SUBJECTS.indexOf(subject) + POST_ADJECTIVES.indexOf(adjective)) % 4 === 0;

const ALL_POINTS: readonly PostPoint[] = POST_SUBJECTS.flatMap((subject) =>
  POST_ADJECTIVES.map((adjective) => ({ subject, adjective })),
);
const POINTS: Record<Split | 'any', readonly PostPoint[]> = {
  any: ALL_POINTS,
  train: ALL_POINTS.filter((point) => !isHeldOutPoint(point)),
  heldOut: ALL_POINTS.filter(isHeldOutPoint),
};

/** A post: its point among one (1/3) or two (2/3) fillers, at a random place. */
export function post(rng: Rng, split: Split | 'any' = 'any'): { words: string[]; point: PostPoint } {
  const point = rng.choice(POINTS[split]);
  const sentences = Array.from({ length: rng.bernoulli(1 / 3) ? 1 : 2 }, () => filler(rng));
  sentences.splice(rng.int(0, sentences.length), 0, summaryOf(point));
  return { words: sentences.flat(), point };
}
