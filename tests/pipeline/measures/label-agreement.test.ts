import { describe, expect, it } from 'vitest';
import type { Choice, Label } from '../../../src/pipeline/data/labels';
import {
  agreementBetween,
  goldAgreement,
  peopleOf,
  pooled,
  selfAgreement,
} from '../../../src/pipeline/measures/label-agreement';

const label = (pair: number, choice: Choice, who = 'ada', repeat = 0): Label => ({
  task: 'review',
  prompt: ['review:', `${pair}`],
  first: ['bad'],
  second: ['good'],
  choice,
  who,
  when: pair,
  repeat,
});

describe('with the true reward', () => {
  it('counts what was said first; ties of either are left out and counted, skips and unknown golds say nothing', () => {
    const labels = [
      label(1, 'first'),
      label(2, 'second'),
      label(3, 'first'),
      label(4, 'tie'),
      label(5, 'first'), // equal golds
      label(6, 'skip'),
      label(7, 'first'), // no gold
      label(1, 'second', 'ada', 1),
    ];
    const margins: Record<number, number | undefined> = { 1: 0.5, 2: -0.1, 3: -0.2, 4: 1, 5: 0, 6: 1 };
    const found = goldAgreement(labels, ({ prompt }) => margins[Number(prompt[1])]);
    expect(found).toMatchObject({ same: 2, of: 3, ties: 2 });
    // Wilson by hand: p = 2/3, n = 3, z = 1.96: centre 0.5730, half-width 0.3651
    expect(found.interval!.low).toBeCloseTo(0.2077, 3);
    expect(found.interval!.high).toBeCloseTo(0.9385, 3);
  });

  it('of nothing is nothing: no share, no interval', () => {
    expect(goldAgreement([], () => 1)).toEqual({ same: 0, of: 0, ties: 0 });
    expect(goldAgreement([label(1, 'skip')], () => 1)).toEqual({ same: 0, of: 0, ties: 0 });
  });
});

describe('with oneself', () => {
  it('compares what was said again with what was said first, each person with themselves', () => {
    const labels = [
      label(1, 'first'),
      label(1, 'first', 'ada', 1),
      label(2, 'first'),
      label(2, 'second', 'ada', 1),
      label(3, 'first'),
      label(3, 'tie', 'ada', 1),
      label(4, 'second', 'ada', 1), // its first time is not here
      label(1, 'second', 'bob'),
      label(1, 'second', 'bob', 1),
      label(1, 'first', 'bob', 2),
    ];
    expect(selfAgreement(labels)).toMatchObject({ same: 2, of: 4, ties: 1 });
    expect(selfAgreement([label(1, 'first')])).toEqual({ same: 0, of: 0, ties: 0 });
  });
});

describe('between people', () => {
  const labels = [
    ...[label(1, 'first'), label(2, 'second'), label(3, 'first'), label(4, 'tie')],
    ...[
      label(1, 'first', 'bob'),
      label(2, 'first', 'bob'),
      label(4, 'first', 'bob'),
      label(9, 'first', 'bob'),
    ],
    ...[label(3, 'first', 'cy'), label(1, 'skip', 'cy'), label(1, 'second', 'ada', 1)],
    label(20, 'first', 'dan'),
  ];

  it('compares every two people on what both have judged', () => {
    expect(agreementBetween(labels)).toEqual([
      expect.objectContaining({ who: ['ada', 'bob'], same: 1, of: 2, ties: 1 }),
      expect.objectContaining({ who: ['ada', 'cy'], same: 1, of: 1, ties: 0 }),
    ]);
    expect(pooled(agreementBetween(labels))).toMatchObject({ same: 2, of: 3, ties: 1 });
    expect(peopleOf(labels)).toEqual(['ada', 'bob', 'cy', 'dan']);
  });

  it('of one person, or none, there is none', () => {
    expect(agreementBetween(labels.filter(({ who }) => who === 'ada'))).toEqual([]);
    expect(agreementBetween([])).toEqual([]);
    expect(pooled([])).toEqual({ same: 0, of: 0, ties: 0 });
  });
});
