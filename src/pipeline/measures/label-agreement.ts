import { comparisonId, type Label } from '../data/labels';
import { wilsonInterval, type Interval } from '../maths/statistics';

/**
 * How often two judgements of the same comparison say the same. Where either is a tie the comparison is left out, as
 * Bradley and Terry's model and most reports of agreement leave it out (for example setup S2 of Zheng et al. 2023).
 */
export interface Agreement {
  same: number;
  of: number;
  /** Comparisons left out because somebody found neither better. */
  ties: number;
  /** 95 % Wilson interval of the share; absent of none. */
  interval?: Interval;
}

const agreement = (same: number, of: number, ties: number): Agreement => ({
  same,
  of,
  ties,
  ...(of > 0 ? { interval: wilsonInterval(same, of) } : {}),
});

type Side = 'first' | 'second' | 'tie';
const sideOf = (margin: number): Side => (margin > 0 ? 'first' : margin < 0 ? 'second' : 'tie');

function over(judgements: readonly (readonly [Side, Side])[]): Agreement {
  const decided = judgements.filter((pair) => !pair.includes('tie'));
  return agreement(
    decided.filter(([a, b]) => a === b).length,
    decided.length,
    judgements.length - decided.length,
  );
}

const judged = (labels: readonly Label[]) =>
  labels.filter((label): label is Label & { choice: Side } => label.choice !== 'skip');

/** With the true reward, by what a person said when they were asked first; answers of equal reward count as a tie. */
export const goldAgreement = (
  labels: readonly Label[],
  margin: (label: Label) => number | undefined,
): Agreement =>
  over(
    judged(labels)
      .filter(({ repeat }) => repeat === 0)
      .flatMap((label) => {
        const gold = margin(label);
        return gold === undefined ? [] : [[label.choice, sideOf(gold)] as const];
      }),
  );

/** Of people with themselves: what they said first, and when they were asked again. */
export function selfAgreement(labels: readonly Label[]): Agreement {
  const all = judged(labels);
  const first = new Map(
    all.filter(({ repeat }) => repeat === 0).map((l) => [`${l.who} ${comparisonId(l)}`, l]),
  );
  return over(
    all.flatMap((again) => {
      const before = again.repeat > 0 ? first.get(`${again.who} ${comparisonId(again)}`) : undefined;
      return before ? [[before.choice, again.choice] as const] : [];
    }),
  );
}

/** Of two people. */
export interface BetweenTwo extends Agreement {
  who: readonly [string, string];
}

/** People who have labelled something, in the order of their names. */
export const peopleOf = (labels: readonly Label[]): string[] =>
  [...new Set(labels.map(({ who }) => who))].sort();

/** Of every two people on what both were asked first; pairs of people without anything in common are left out. */
export function agreementBetween(labels: readonly Label[]): BetweenTwo[] {
  const byPerson = new Map(
    peopleOf(labels).map((who) => [
      who,
      new Map(
        judged(labels)
          .filter((label) => label.who === who && label.repeat === 0)
          .map((label) => [comparisonId(label), label.choice]),
      ),
    ]),
  );
  const people = [...byPerson];
  return people.flatMap(([a, said], i) =>
    people.slice(i + 1).flatMap(([b, theirs]): BetweenTwo[] => {
      const common = [...said].flatMap(([id, choice]) => {
        const other = theirs.get(id);
        return other ? [[choice, other] as const] : [];
      });
      return common.length > 0 ? [{ who: [a, b], ...over(common) }] : [];
    }),
  );
}

/** Of all pairs of people together. */
export function pooled(parts: readonly Agreement[]): Agreement {
  const sum = (of: 'same' | 'of' | 'ties') => parts.reduce((total, part) => total + part[of], 0);
  return agreement(sum('same'), sum('of'), sum('ties'));
}
