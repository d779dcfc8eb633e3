import { describe, expect, it } from 'vitest';
import { ownDataProblem, ownKey } from '../../../src/pipeline/contract/own';
import {
  comparisonId,
  comparisonOf,
  goldMargin,
  labelId,
  labelSchema,
  mergeLabels,
  nextQuestion,
  REPEAT_EVERY,
  trainingPairs,
  type Choice,
  type Comparison,
  type Label,
} from '../../../src/pipeline/data/labels';
import { promptIds, completionIds } from '../../../src/pipeline/data/tokens';
import { rngFrom } from '../../../src/random/rng';
import { reviewTask } from '../../../src/world';

const NOUNS = ['movie', 'film', 'story', 'plot', 'cast', 'music', 'show', 'script', 'ending', 'acting'];
const comparisons: Comparison[] = NOUNS.map((noun) => ({
  task: 'review',
  prompt: ['review:', 'the', noun],
  first: ['was', 'bad', '.', '<eos>'],
  second: ['was', 'good', '.', '<eos>'],
}));
const label = (at: number, choice: Choice, changes: Partial<Label> = {}): Label => ({
  ...comparisons[at]!,
  choice,
  who: 'ada',
  when: at,
  repeat: 0,
  ...changes,
});

describe('a comparison', () => {
  const answers = [completionIds(['was', 'good', '.']), completionIds(['was', 'bad', '.'])] as const;
  const prompt = promptIds({ words: comparisons[0]!.prompt, meta: null });

  it('does not say which answer was chosen', () => {
    const [one, other] = [answers, answers.toReversed()].map(([chosen, rejected]) =>
      comparisonOf('review', {
        prompt,
        chosen: chosen!,
        rejected: rejected!,
        goldChosen: 0,
        goldRejected: 0,
      }),
    );
    expect(one).toEqual(comparisons[0]);
    expect(other).toEqual(one);
  });

  it('has the true rewards of the task, where the task understands the prompt', () => {
    expect(goldMargin(reviewTask, comparisons[0]!)).toBeLessThan(0);
    expect(goldMargin(reviewTask, { ...comparisons[0]!, prompt: ['q:', 'a:'] })).toBeUndefined();
  });
});

describe('the next question', () => {
  /** Asks and answers so many times, always what `choose` says. */
  function session(times: number, choose: (n: number) => Choice = () => 'first') {
    const said: Label[] = [];
    const asked = [];
    for (let n = 0; n < times; n++) {
      const question = nextQuestion(comparisons, said);
      if (!question) break;
      asked.push(question);
      said.push({ ...question.comparison, repeat: question.repeat, choice: choose(n), who: 'ada', when: n });
    }
    return { said, asked };
  }

  it('is the next comparison, and after every six one that was answered a while ago, on other sides', () => {
    const { asked } = session(100);
    const firsts = asked.filter(({ repeat }) => repeat === 0);
    expect(firsts.map(({ comparison }) => comparison)).toEqual(comparisons);
    expect(asked.map(({ repeat }) => repeat).indexOf(1)).toBe(REPEAT_EVERY);
    const [again] = asked.filter(({ repeat }) => repeat === 1);
    const before = asked.find(
      ({ comparison }) => comparisonId(comparison) === comparisonId(again!.comparison),
    )!;
    expect(asked.indexOf(before)).toBeLessThan(3);
    expect(again!.left).not.toBe(before.left);
    expect(new Set(asked.map(({ left }) => left)).size).toBe(2);
  });

  it('follows from what was said alone: whoever takes a label back is asked the same again', () => {
    const { said, asked } = session(9);
    for (let n = 0; n < 9; n++) expect(nextQuestion(comparisons, said.slice(0, n))).toEqual(asked[n]);
  });

  it('never comes back to what was skipped, and there is none when all is answered', () => {
    const { asked } = session(100, () => 'skip');
    expect(asked).toHaveLength(comparisons.length);
    expect(nextQuestion([], [])).toBeUndefined();
  });
});

describe('what is trained on', () => {
  it('is what was said first: chosen and rejected, ties marked, nothing skipped, no repeats, no times', () => {
    const data = trainingPairs([
      label(0, 'first'),
      label(1, 'second'),
      label(2, 'tie'),
      label(3, 'skip'),
      label(0, 'second', { repeat: 1, when: 9 }),
    ]);
    expect(ownDataProblem(data)).toBeUndefined();
    const bad = ['was', 'bad', '.', '<eos>'];
    const good = ['was', 'good', '.', '<eos>'];
    expect(data.rows).toHaveLength(3);
    expect(data.rows).toContainEqual({
      prompt: comparisons[0]!.prompt,
      chosen: bad,
      rejected: good,
      who: 'ada',
    });
    expect(data.rows).toContainEqual({
      prompt: comparisons[1]!.prompt,
      chosen: good,
      rejected: bad,
      who: 'ada',
    });
    expect(data.rows).toContainEqual(expect.objectContaining({ prompt: comparisons[2]!.prompt, tie: true }));
  });

  it('has one hash, however and whenever the labels were collected', () => {
    const labels = [label(0, 'first'), label(1, 'second'), label(2, 'tie')];
    const later = labels.toReversed().map((l) => ({ ...l, when: l.when + 1000 }));
    expect(ownKey(trainingPairs(later))).toBe(ownKey(trainingPairs(labels)));
    const other = [label(0, 'second'), ...labels.slice(1)];
    expect(ownKey(trainingPairs(other))).not.toBe(ownKey(trainingPairs(labels)));
  });
});

describe('labels from elsewhere', () => {
  it('are new, here already, or in conflict, also with each other', () => {
    const here = [label(0, 'first'), label(1, 'second')];
    const bob = label(0, 'second', { who: 'bob' });
    const coming = [label(0, 'first', { when: 99 }), label(1, 'tie'), label(2, 'first'), bob, { ...bob, choice: 'tie' as const }]; // prettier-ignore
    expect(mergeLabels(here, coming)).toEqual({
      fresh: [label(2, 'first'), bob],
      same: 1,
      conflicts: [
        { here: label(1, 'second'), coming: label(1, 'tie') },
        { here: bob, coming: { ...bob, choice: 'tie' } },
      ],
    });
    expect(mergeLabels([], [])).toEqual({ fresh: [], same: 0, conflicts: [] });
  });

  it('are named by who, what and the how many-th time, not by what was said and when', () => {
    expect(labelId(label(0, 'tie', { when: 7 }))).toBe(labelId(label(0, 'first')));
    const others = [label(1, 'first'), label(0, 'first', { who: 'bob' }), label(0, 'first', { repeat: 1 })];
    expect(new Set([label(0, 'first'), ...others].map(labelId)).size).toBe(4);
    expect(labelSchema.safeParse(label(0, 'first')).success).toBe(true);
  });
});

it('pairs of the task itself can be asked about', () => {
  const rng = rngFrom(1, 'test');
  const prompt = reviewTask.prompt(rng, 'train');
  const { completion } = reviewTask.demonstration(rng, 'crowd');
  const pair = { prompt: promptIds(prompt), chosen: completionIds(completion), rejected: completionIds(['bad', '.']), goldChosen: 0, goldRejected: 0 }; // prettier-ignore
  expect(goldMargin(reviewTask, comparisonOf('review', pair))).toBeTypeOf('number');
});
