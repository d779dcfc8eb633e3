import { z } from 'zod';
import { keyOf } from '../contract/key';
import { MOST_OWN, type OwnOf, type OwnPair } from '../contract/own';
import { decode, encode } from '../../world';
import type { AlignmentTask } from '../../world/types';
import type { PreferencePair } from '../contract/stage';
import { goldOf } from './tokens';

/** What a person may say of two answers; `skip`: nothing, they are not asked again. */
export const CHOICES = ['first', 'second', 'tie', 'skip'] as const;
export type Choice = (typeof CHOICES)[number];

const words = z.array(z.string().min(1).max(64)).max(MOST_OWN.words);

/** What one person said of two answers to a prompt, in words; `<eos>` at the end of an answer that ends. */
export const labelSchema = z.strictObject({
  task: z.string().min(1).max(100),
  prompt: words,
  /** In the order of their words, not in that in which they were shown. */
  first: words,
  second: words,
  choice: z.enum(CHOICES),
  /** A name or initials. */
  who: z.string().min(1).max(MOST_OWN.name),
  /** Milliseconds since 1970. */
  when: z.number().min(0),
  /** How often this person had been asked the same before. */
  repeat: z.number().int().min(0).max(99),
});
export type Label = z.infer<typeof labelSchema>;

/** Two answers to a prompt, as a person is asked about them. */
export type Comparison = Pick<Label, 'task' | 'prompt' | 'first' | 'second'>;

/** The comparison that a labelled pair was; which answer was chosen is not in it. */
export function comparisonOf(task: string, pair: PreferencePair): Comparison {
  const [first, second] = [decode(pair.chosen), decode(pair.rejected)].sort((a, b) =>
    a.join(' ') < b.join(' ') ? -1 : 1,
  );
  return { task, prompt: decode(pair.prompt.slice(1)), first: first!, second: second! };
}

/** Names a comparison. */
export const comparisonId = ({ task, prompt, first, second }: Comparison): string =>
  keyOf({ task, prompt, first, second });

/** Names a label: whose it is, of what, and for the how many-th time; what they said is not in it. */
export const labelId = (label: Omit<Label, 'choice' | 'when'>): string =>
  keyOf({ comparison: comparisonId(label), who: label.who, repeat: label.repeat });

/** A question to a person. */
export interface Question {
  comparison: Comparison;
  repeat: number;
  /** Which answer stands on the left. */
  left: 'first' | 'second';
}

/** After so many new comparisons one is asked again. */
export const REPEAT_EVERY = 6;

/**
 * What to ask a person next, given all that they have said: comparisons in their order, the same for everybody, and after
 * every six new ones one of the earlier ones again, its answers on the other sides. Undefined: all are answered.
 */
export function nextQuestion(
  comparisons: readonly Comparison[],
  said: readonly Label[],
): Question | undefined {
  const mine = said.toSorted((a, b) => a.when - b.when);
  const once = mine.filter(({ repeat }) => repeat === 0);
  const again = mine.filter(({ repeat }) => repeat > 0);
  const judged = once.filter(({ choice }) => choice !== 'skip');
  if (Math.floor(judged.length / REPEAT_EVERY) > again.length) {
    const repeated = new Set(again.map(comparisonId));
    // not one of the latest, which they may still know by heart
    const old = judged.slice(0, -3).find((label) => !repeated.has(comparisonId(label)));
    if (old) return questionOf(old, 1);
  }
  const known = new Set(once.map(comparisonId));
  const fresh = comparisons.find((comparison) => !known.has(comparisonId(comparison)));
  return fresh && questionOf(fresh, 0);
}

function questionOf({ task, prompt, first, second }: Comparison, repeat: number): Question {
  const comparison = { task, prompt, first, second };
  const coin = parseInt(comparisonId(comparison).slice(-1), 16) % 2;
  return { comparison, repeat, left: (coin + repeat) % 2 === 0 ? 'first' : 'second' };
}

/** True reward of the first answer less that of the second; undefined where the task has none for this prompt. */
export function goldMargin(task: AlignmentTask, { prompt, first, second }: Comparison): number | undefined {
  const asked = task.parsePrompt(prompt);
  if (!asked) return undefined;
  const gold = (answer: readonly string[]) => goldOf(task, asked, encode(answer)).total;
  return gold(first) - gold(second);
}

/**
 * What is trained on: what people said when they were asked first, in an order of its own, so that the same labels have the
 * same hash however they were collected. Repeats measure people and are not learned from.
 */
export function trainingPairs(labels: readonly Label[]): OwnOf<'pairs'> {
  const rows = labels
    .filter(({ repeat, choice }) => repeat === 0 && choice !== 'skip')
    .map((label): [string, OwnPair] => {
      const { prompt, first, second, choice, who } = label;
      const [chosen, rejected] = choice === 'second' ? [second, first] : [first, second];
      return [labelId(label), { prompt, chosen, rejected, who, ...(choice === 'tie' ? { tie: true } : {}) }];
    })
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, row]) => row);
  return { kind: 'pairs', rows };
}

/** Two labels of one name that say different things. */
export interface Conflict {
  here: Label;
  coming: Label;
}

/** What labels from elsewhere bring: new ones, those that are here already, and those that say something else. */
export interface Merge {
  fresh: Label[];
  same: number;
  conflicts: Conflict[];
}

export function mergeLabels(here: readonly Label[], coming: readonly Label[]): Merge {
  const known = new Map(here.map((label) => [labelId(label), label]));
  const merge: Merge = { fresh: [], same: 0, conflicts: [] };
  for (const label of coming) {
    const id = labelId(label);
    const there = known.get(id);
    if (!there) {
      known.set(id, label);
      merge.fresh.push(label);
    } else if (there.choice === label.choice) merge.same++;
    else merge.conflicts.push({ here: there, coming: label });
  }
  return merge;
}
