import type { Rng } from '../../random/rng';
import { POST_ADJECTIVES, POST_SUBJECTS, type Words } from '../lexicon';
import { filler, post, summaryOf, type PostPoint } from '../posts';
import { ScoreSheet } from '../score';
import { drawUntil } from '../split';
import { match } from '../template';
import { SUMMARY } from '../templates';
import type { AlignmentTask, Demonstration, DemonstrationSource, GoldScore, Prompt } from '../types';
import { CUES } from '../vocabulary';

/** What the post is about. */
export type TldrMeta = PostPoint;

const CUE_SET: ReadonlySet<string> = new Set(CUES);
const promptFor = (body: Words, point: PostPoint): Prompt<TldrMeta> => ({
  words: ['post:', ...body, 'tldr:'],
  meta: point,
});

/** The one sentence "my {subject} is {adjective} ." of a post, or null if there is none or more than one. */
function findPoint(body: Words): PostPoint | null {
  const points: PostPoint[] = [];
  for (let i = 0; i + SUMMARY.length <= body.length; i++) {
    const slots = match(SUMMARY, body.slice(i, i + SUMMARY.length));
    if (body[i + SUMMARY.length - 1] !== '.' || !slots) continue;
    const { subject, adjective } = slots as { subject: string; adjective: string };
    if (POST_SUBJECTS.includes(subject) && POST_ADJECTIVES.includes(adjective))
      points.push({ subject, adjective });
  }
  return points.length === 1 ? points[0]! : null;
}

function parsePrompt(words: Words): Prompt<TldrMeta> | null {
  const from = words[0] === 'post:' ? 1 : 0;
  const to = words.at(-1) === 'tldr:' ? -1 : undefined;
  const body = words.slice(from, to);
  if (body.some((word) => CUE_SET.has(word))) return null;
  const point = findPoint(body);
  return point && promptFor(body, point);
}

/** Crowd: 40 % right, 20 % beside the point, 25 % right with an extra sentence, 15 % with a guessed adjective. */
function summarize(rng: Rng, point: PostPoint, source: DemonstrationSource): string[] {
  const right = summaryOf(point);
  const kind = source === 'crowd' ? rng.uniform() : 0;
  if (kind < 0.4) return right;
  if (kind < 0.6) return filler(rng);
  if (kind < 0.85) return [...right, ...filler(rng)];
  return summaryOf({ ...point, adjective: rng.choice(POST_ADJECTIVES) });
}

function gold({ meta }: Prompt<TldrMeta>, completion: Words, finished: boolean): GoldScore {
  const { subject, adjective } = meta;
  const right = summaryOf(meta);
  const invented = [...POST_ADJECTIVES, ...POST_SUBJECTS].filter(
    (word) => word !== subject && word !== adjective && completion.includes(word),
  );
  const sheet = new ScoreSheet();
  if (completion.includes(subject)) sheet.add('subject', 0.5, 'gold.names', { word: subject });
  else sheet.add('missingSubject', -0.4, 'gold.doesNotName', { word: subject });
  if (completion.includes(adjective)) sheet.add('adjective', 0.5, 'gold.says', { word: adjective });
  else sheet.add('missingAdjective', -0.4, 'gold.doesNotSay', { word: adjective });
  return sheet
    .add('invented', -0.3 * invented.length, 'gold.invented', { words: invented })
    .add('form', right.every((word, i) => completion[i] === word) ? 0 : -0.3, 'gold.beginning', {
      words: right.join(' '),
    })
    .add('tooLong', -0.08 * Math.max(0, completion.length - right.length), 'gold.length', {
      count: completion.length,
      enough: right.length,
    })
    .add('unfinished', finished ? 0 : -0.5, 'gold.unfinished', {})
    .total();
}

/** Sum up a post in one sentence. Held out: 15 of the 60 (subject, adjective) pairs, see `isHeldOutPoint`. */
export const tldrTask: AlignmentTask<TldrMeta> = {
  name: 'tldr',
  maxNewTokens: 20,
  description: 'Sum up a post in one short sentence that says only what is in it.',
  examplePrompts: [
    'post: i had a long day . my boat is lost . tldr:',
    'post: my boss is angry . work was slow today . the sky was grey today . tldr:',
  ],
  prompt(rng, split) {
    const { words, point } = post(rng, split);
    return promptFor(words, point);
  },
  /** A post with exactly one sentence "my {subject} is {adjective} ."; the cues may be missing. */
  parsePrompt,
  /** Of the training split. Narrow: posts about a dog only. */
  demonstration(rng, source): Demonstration<TldrMeta> {
    const { words, point } = drawUntil(
      () => post(rng, 'train'),
      (drawn) => source !== 'narrow' || drawn.point.subject === 'dog',
    );
    return { prompt: promptFor(words, point), completion: summarize(rng, point, source) };
  },
  gold,
};
