import { describe, expect, it } from 'vitest';
import { distance, fitCurve, gapRows, klAxisTo, limitOf, reachOf } from '../../../src/ui/charts/frontier';
import type { ArmSeries } from '../../../src/ui/store/compare';

const arm = (id: string, places: [number, number][], more: Partial<ArmSeries> = {}): ArmSeries => ({
  id,
  name: id,
  style: 0,
  stage: 'ppo',
  isLimit: false,
  stale: false,
  points: places.map(([kl, gold], i) => ({
    update: i,
    updates: places.length - 1,
    samples: 8 * i,
    labels: 0,
    tokens: 0,
    seconds: i,
    kl,
    evaluation: { kl, gold } as ArmSeries['points'][0]['evaluation'],
  })),
  ends: { update: places.length - 1, samples: 8, labels: 0, tokens: 0, seconds: places.length - 1, kl: 1 },
  ...more,
});

describe('reward against KL', () => {
  const limit = arm(
    'limit',
    [
      [0.1, 0],
      [1, 0.5],
      [2, 0.8],
    ],
    { stage: 'tilt', isLimit: true },
  );
  const ppo = arm('ppo', [
    [0, 0],
    [1, 0.4],
    [4, 0.5],
  ]);

  it('shows the limit and how far every arm is below it', () => {
    expect(limitOf([ppo, limit], [])!.curve).toHaveLength(3);
    expect(limitOf([ppo], [])).toBeUndefined();
    const near = arm('near', [
      [0, 0],
      [1, 0.45],
    ]);
    const rows = gapRows([ppo, limit, near], [], {});
    expect(rows.map((r) => [r.id, Number(r.gap.toFixed(3)), r.atLeast])).toEqual([
      ['near', 0.05, false],
      ['ppo', 0.3, true],
    ]);
  });

  it('leaves an arm outside that is far out, but not two arms that are', () => {
    expect(reachOf([3, 2, 23])).toBeCloseTo(3.9);
    expect(reachOf([3, 2, 4])).toBe(Infinity);
    expect(reachOf([170, 160, 3, 2])).toBe(Infinity);
    expect(reachOf([100, 2])).toBe(Infinity);
  });

  it('draws a fit that describes the path, with its peak if it was passed', () => {
    const summary = { 'fit.alpha': 1, 'fit.beta': 1, 'fit.r2': 0.9, 'fit.peakKl': 1 };
    const fit = fitCurve({ ...ppo, summary })!;
    expect(fit.points[0]).toEqual({ kl: 0, gold: 0 });
    expect(fit.points.at(-1)!.kl).toBeCloseTo(4);
    expect(fit.peak).toMatchObject({ kl: 1, gold: 1 });
    expect(fitCurve({ ...ppo, summary: { ...summary, 'fit.peakKl': 9 } })!.peak).toBeUndefined();
    expect(fitCurve({ ...ppo, summary: { ...summary, 'fit.r2': 0.1 } })).toBeUndefined();
    expect(fitCurve(ppo)).toBeUndefined();
  });
});

describe('the scale of KL', () => {
  it.each(['kl', 'sqrt', 'log'] as const)('begins at 0 and has its ticks at round nats (%s)', (axis) => {
    const { domain, ticks, nats } = klAxisTo(distance(228, axis), axis);
    expect(domain[0]).toBe(0);
    expect(domain[1]).toBeGreaterThanOrEqual(distance(228, axis));
    expect(ticks.length).toBeGreaterThan(3);
    for (const tick of ticks) expect(distance(nats.get(tick)!, axis)).toBeCloseTo(tick);
  });

  it('shows what happens below 10 nats in more than a third of its width where one arm is far out', () => {
    const { domain } = klAxisTo(distance(228, 'log'), 'log');
    expect(distance(10, 'log') / domain[1]).toBeGreaterThan(1 / 3);
    expect(distance(10, 'kl') / 228).toBeLessThan(0.05);
  });

  it('draws no fit whose peak is far outside of what was measured', () => {
    const short = arm('short', [[0, 0], [1, 0.4], [4, 0.5]]); // prettier-ignore
    const summary = { 'fit.alpha': 1, 'fit.beta': 0.1, 'fit.r2': 0.9 };
    expect(fitCurve({ ...short, summary: { ...summary, 'fit.peakKl': 1500 } })).toBeUndefined();
    expect(fitCurve({ ...short, summary })).toBeDefined();
  });
});
