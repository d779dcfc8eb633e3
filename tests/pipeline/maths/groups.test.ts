import { describe, expect, it } from 'vitest';
import {
  deadGroups,
  groupAdvantages,
  groupDeviation,
  leaveOneOutAdvantages,
} from '../../../src/pipeline/maths/groups';
import { rngFrom } from '../../../src/random/rng';
import { grpoAdvantages, rlooAdvantages } from '../../support/formulas';

const rng = rngFrom('groups');
const rewards = Array.from({ length: 24 }, () => 3 * rng.normal());
const near = (a: readonly number[], b: readonly number[]) => {
  expect(a.length).toBe(b.length);
  a.forEach((x, i) => expect(x, `at ${i}`).toBeCloseTo(b[i]!, 10));
};

describe('advantages of groups', () => {
  it.each([2, 3, 4, 8, 12, 24])('in groups of %i are those of the papers', (size) => {
    near(groupAdvantages(rewards, size, 'deviation'), grpoAdvantages(rewards, size, true));
    near(groupAdvantages(rewards, size, 'none'), grpoAdvantages(rewards, size, false));
    near(leaveOneOutAdvantages(rewards, size), rlooAdvantages(rewards, size));
  });

  it('leave-one-out is the group mean stretched by k/(k − 1); with two answers, their difference', () => {
    const [centred, out] = [groupAdvantages(rewards, 4, 'none'), leaveOneOutAdvantages(rewards, 4)];
    near(out, centred.map((a) => (a * 4) / 3)); // prettier-ignore
    near(leaveOneOutAdvantages([3, 1], 2), [2, -2]);
  });

  it('a constant added to the rewards changes nothing, a factor nothing once divided', () => {
    const shifted = rewards.map((r) => r + 100);
    near(leaveOneOutAdvantages(shifted, 6), leaveOneOutAdvantages(rewards, 6));
    near(groupAdvantages(shifted, 6, 'deviation'), groupAdvantages(rewards, 6, 'deviation'));
    const [once, tenfold] = [rewards, rewards.map((r) => 1e4 * r)].map((r) =>
      groupAdvantages(r, 6, 'deviation'),
    );
    once!.forEach((a, i) => expect(tenfold![i]).toBeCloseTo(a, 3));
  });

  it('two answers in a group are always one deviation apart, whatever the rewards', () => {
    near(groupAdvantages([1, 0, 7, 3], 2, 'deviation').map((a) => Math.round(a * 1e3) / 1e3), [0.707, -0.707, 0.707, -0.707]); // prettier-ignore
  });

  it('dead groups have no advantage and are counted', () => {
    const dead = [1, 1, 1, 2, 3, 4, 0, 0, 0];
    expect(deadGroups(dead, 3)).toEqual([true, false, true]);
    expect(groupAdvantages(dead, 3, 'deviation').filter((a) => a !== 0)).toHaveLength(2); // 3 is the middle one
    expect(leaveOneOutAdvantages(dead, 3).slice(6)).toEqual([0, 0, 0]);
    expect(groupDeviation(dead, 3)).toBeCloseTo(1 / 3, 10);
  });

  it('refuses what is no whole group', () => {
    for (const size of [0, 1, 5, 1.5, NaN])
      for (const f of [
        leaveOneOutAdvantages,
        deadGroups,
        (r: number[], n: number) => groupAdvantages(r, n, 'none'),
      ])
        expect(() => f(rewards, size), String(size)).toThrow(RangeError);
  });
});
