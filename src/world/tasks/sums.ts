import type { Rng } from '../../random/rng';
import { NUMBERS, type Words } from '../lexicon';
import { ScoreSheet } from '../score';
import { drawUntil, splitOf } from '../split';
import type { AlignmentTask, Demonstration, DemonstrationSource, GoldScore, Prompt } from '../types';

/** The numbers to add up, each 0 to 5. */
export interface SumsMeta {
  terms: readonly number[];
}

/** The clock goes round after this many hours: there are words for zero to five only. */
const HOURS = NUMBERS.length;
/** Terms of a sum; the clock's hand moves from the first by each of the others. */
const TERMS = { fewest: 2, most: 5 };
/** What stands between the working and the result. */
const SO = 'so';

const word = (n: number): string => NUMBERS[n]!;
const numberOf = (w: string | undefined): number | undefined => {
  const n = w === undefined ? -1 : NUMBERS.indexOf(w);
  return n < 0 ? undefined : n;
};

/** The totals after each further term, modulo 6: for 2, 4 and 1 they are 0 and 1. */
export const runningTotals = (terms: readonly number[]): number[] => {
  let total = terms[0]!;
  return terms.slice(1).map((term) => (total = (total + term) % HOURS));
};

const promptFor = (terms: readonly number[]): Prompt<SumsMeta> => ({
  words: ['q:', ...terms.flatMap((n, i) => (i ? ['and', word(n)] : [word(n)])), '?', 'a:'],
  meta: { terms },
});

function drawPrompt(rng: Rng, split: 'train' | 'heldOut'): Prompt<SumsMeta> {
  return drawUntil(
    () => promptFor(Array.from({ length: rng.int(TERMS.fewest, TERMS.most) }, () => rng.int(0, HOURS - 1))),
    ({ words }) => splitOf('sums', words) === split,
  );
}

function parsePrompt(words: Words): Prompt<SumsMeta> | null {
  const inner = words.filter((w) => w !== 'q:' && w !== 'a:' && w !== '?');
  const terms: number[] = [];
  for (const [i, w] of inner.entries()) {
    if (i % 2) {
      if (w !== 'and') return null;
      continue;
    }
    const n = numberOf(w);
    if (n === undefined) return null;
    terms.push(n);
  }
  return inner.length % 2 && terms.length >= TERMS.fewest && terms.length <= TERMS.most
    ? promptFor(terms)
    : null;
}

/** What an answer claims. */
export interface SumsAnswer {
  /** The numbers before the last "so". */
  working: readonly number[];
  /** The one number between "so" and the full stop at the end; undefined if there is none. */
  result: number | undefined;
}

/** Reads "five zero so zero ." Other words in the working are passed over; without "so" there is no result. */
export function readSum(completion: Words): SumsAnswer {
  const at = completion.lastIndexOf(SO);
  const tail = at < 0 ? [] : completion.slice(at + 1);
  const said = tail.length === 2 && tail[1] === '.' ? numberOf(tail[0]) : undefined;
  const working = (at < 0 ? completion : completion.slice(0, at)).flatMap((w) => numberOf(w) ?? []);
  return { working, result: said };
}

/**
 * How many totals of the working are right, from the first on: what a process reward pays for (Uesato et al. 2022;
 * Lightman et al. 2023). A wrong total ends the count.
 */
export function rightSteps({ terms }: SumsMeta, { working }: SumsAnswer): number {
  const totals = runningTotals(terms);
  const wrong = working.findIndex((n, i) => n !== totals[i]);
  return Math.min(wrong < 0 ? working.length : wrong, totals.length);
}

/** A program checks the result, and nothing else: the working may be left out. */
function gold({ meta }: Prompt<SumsMeta>, completion: Words, finished: boolean): GoldScore {
  const sum = runningTotals(meta.terms).at(-1)!;
  const { result } = readSum(completion);
  const sheet = new ScoreSheet();
  if (!finished) sheet.add('unfinished', -1, 'gold.unfinished', {});
  else if (result === undefined) sheet.add('noResult', -1, 'gold.noSum', { sum: word(sum) });
  else if (result === sum) sheet.add('rightResult', 1, 'gold.rightSum', { sum: word(sum) });
  else sheet.add('wrongResult', -1, 'gold.wrongSum', { said: word(result), sum: word(sum) });
  return sheet.total();
}

/**
 * Crowd: 40 % guess without any working (right one time in six), the others write the totals down and slip in one of
 * seven. Curated: right totals, right result. Narrow: guesses only.
 */
function answer(rng: Rng, terms: readonly number[], source: DemonstrationSource): string[] {
  const guesses = source === 'narrow' || (source === 'crowd' && rng.bernoulli(0.4));
  if (guesses) return [SO, word(rng.int(0, HOURS - 1)), '.'];
  const totals: number[] = [];
  for (const term of terms.slice(1)) {
    const right = ((totals.at(-1) ?? terms[0]!) + term) % HOURS;
    totals.push(source === 'crowd' && rng.bernoulli(1 / 7) ? rng.int(0, HOURS - 1) : right);
  }
  return [...totals.map(word), SO, word(totals.at(-1)!), '.'];
}

/**
 * Add up on a clock of six hours. The reward is verifiable: a program compares the number after "so" with the sum, +1 or
 * −1. Writing the running totals down first makes a long sum a chain of easy ones, but nobody is paid for it.
 */
export const sumsTask: AlignmentTask<SumsMeta> = {
  name: 'sums',
  maxNewTokens: 12,
  description: 'Add numbers on a clock of six hours; a program checks the result.',
  examplePrompts: ['q: two and three and one ? a:', 'q: five and five and four and two ? a:'],
  prompt: drawPrompt,
  parsePrompt,
  /** Of the training split. */
  demonstration(rng, source): Demonstration<SumsMeta> {
    const prompt = drawPrompt(rng, 'train');
    return { prompt, completion: answer(rng, prompt.meta.terms, source) };
  },
  gold,
};
