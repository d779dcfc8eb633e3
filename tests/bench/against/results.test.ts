import { expect, it } from 'vitest';
import { shareOf } from './bench.mjs';
import { differences, inRounds, orderOf, rowOf, shared, withResult, type PartResult } from './results.mjs';

it('measures both in every round, in the opposite order in every second one', async () => {
  const order: string[] = [];
  const pairs = await inRounds(3, async (side, round) => {
    order.push(`${side} ${round}`);
    return `${side} of ${round}`;
  });
  expect(order).toEqual(['base 0', 'ours 0', 'ours 1', 'base 1', 'base 2', 'ours 2']);
  expect(pairs[1]).toEqual({ base: 'base of 1', ours: 'ours of 1' });
  expect(orderOf(4)).toEqual(orderOf(0));
});

it('begins no further round when it is enough, but always one', async () => {
  let asked = 0;
  const pairs = await inRounds(
    5,
    async () => 0,
    () => ++asked > 2,
  );
  expect(pairs).toHaveLength(3);
  expect(
    await inRounds(
      5,
      async () => 0,
      () => true,
    ),
  ).toHaveLength(1);
});

it('shares what time is left by the weights of the parts that are to come', () => {
  expect(shareOf(100, [1, 3])).toBe(25);
  expect(shareOf(75, [3])).toBe(75);
  expect(shareOf(Infinity, [1, 3])).toBe(Infinity);
});

const pairs = [
  { base: { s: 4, only: 1 }, ours: { s: 1, only: undefined } },
  { base: { s: 9, only: NaN }, ours: { s: 3, only: 2 } },
  { base: { s: 10 }, ours: { s: 5 } },
];
const s = { name: 's', label: '', unit: 's' };

it('takes the median of the ratios of the rounds, not the ratio of the medians', () => {
  const row = rowOf({ ...s, as: 'faster', target: { atLeast: 3.1 } }, pairs);
  expect([row.base!.median, row.ours!.median]).toEqual([9, 3]);
  expect(row.ratio!.samples).toEqual([4, 3, 2]);
  expect(row).toMatchObject({ ratio: { median: 3 }, holds: false });
  expect(rowOf({ ...s, as: 'share', target: { atMost: 0.34 } }, pairs)).toMatchObject({
    ratio: { median: 1 / 3, samples: [1 / 4, 1 / 3, 1 / 2] },
    holds: true,
  });
});

it('judges what has no ratio by our own value', () => {
  const row = rowOf({ ...s, as: 'value', target: { atMost: 3 } }, pairs);
  expect(row.ratio).toBeUndefined();
  expect(row.holds).toBe(true);
  expect(rowOf({ ...s, as: 'value', target: { atMost: 2.9 } }, pairs).holds).toBe(false);
});

it('gives no ratio for a round in which one was not measured, and no verdict without a ratio', () => {
  const row = rowOf({ ...s, name: 'only', as: 'faster', target: { atLeast: 0 } }, pairs);
  expect(row).toMatchObject({ base: { samples: [1] }, ours: { samples: [2] }, holds: null });
  expect(row.ratio).toBeUndefined();
  expect(rowOf({ ...s, as: 'faster' }, pairs)).not.toHaveProperty('holds');
});

it('tells every figure that differs by a bit, and which are only in one of the two', () => {
  const base = { ppo: { gold: 0.1, kl: 2, seconds: 3 }, gone: { gold: 1 } };
  const ours = { ppo: { gold: 0.1, kl: 2 + 4.5e-16, seconds: 1, more: 1 }, fresh: { gold: 1 } };
  expect(differences(base, ours)).toEqual([
    'ppo.kl 2 → 2.0000000000000004',
    'gone only in base',
    'fresh only in ours',
  ]);
  expect(differences(base, structuredClone(base))).toEqual([]);
  expect(shared(base, ours)).toBe(2);
});

it('replaces what was known of the same part, commit and processor, and nothing else', () => {
  const result = (part: string, base: string, processor: string, date: string) =>
    ({ part, commits: { base, ours: date }, processor, date }) as PartResult;
  const known = [result('lab', 'a', 'x', '1'), result('lab', 'b', 'x', '1'), result('page', 'a', 'x', '1')];
  const next = withResult(known, result('lab', 'a', 'x', '2'));
  expect(next.map((r) => `${r.part} ${r.commits.base} ${r.date}`)).toEqual([
    'lab b 1',
    'page a 1',
    'lab a 2',
  ]);
  expect(withResult(known, result('lab', 'a', 'y', '2'))).toHaveLength(4);
});
