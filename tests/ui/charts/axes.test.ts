import { describe, expect, it } from 'vitest';
import { logAxis, niceAxis, niceStep, placeLabels, progressAxis } from '../../../src/ui/charts/axes';

describe('niceStep', () => {
  it.each([
    [0.013, 0.02],
    [0.7, 1],
    [1, 1],
    [3, 5],
    [51, 100],
  ])('%d → %d', (step, nice) => expect(niceStep(step)).toBeCloseTo(nice));
});

describe('niceAxis', () => {
  it('ends at round numbers around the values', () => {
    expect(niceAxis([0.2, 6.3], [0])).toEqual({ domain: [0, 8], ticks: [0, 2, 4, 6, 8] });
    expect(niceAxis([-0.4, 0.1])).toEqual({ domain: [-0.4, 0.2], ticks: [-0.4, -0.2, 0, 0.2] });
  });

  it('does not move while values stay inside', () => {
    expect(niceAxis([0, 5.1])).toEqual(niceAxis([0, 5.9]));
  });

  it('survives no values, one value and values that are not finite', () => {
    for (const values of [[], [3], [0], [NaN, Infinity]]) {
      const { domain, ticks } = niceAxis(values);
      expect(domain[1]).toBeGreaterThan(domain[0]);
      expect(ticks.length).toBeGreaterThan(1);
    }
  });
});

describe('progressAxis', () => {
  it('ends exactly where the run ends', () => {
    expect(progressAxis(60)).toEqual({ domain: [0, 60], ticks: [0, 10, 20, 30, 40, 50, 60] });
    expect(progressAxis(0).domain).toEqual([0, 1]);
  });
});

it('logarithmic axes go by powers of ten, with zero where a value is', () => {
  expect(logAxis([0.03, 2]).ticks).toEqual([0.01, 0.1, 1, 10]);
  expect(logAxis([0, 120]).ticks).toEqual([0, 1, 10, 100, 1000]);
});

it('labels that find no room stand closer, and none outside', () => {
  const spots = Array.from({ length: 9 }, (_, i) => ({ key: `${i}`, y: 50 }));
  const placed = placeLabels(spots, 14, 0, 80).map((p) => p.y);
  expect(Math.min(...placed)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...placed)).toBeLessThanOrEqual(80);
  for (let i = 1; i < 9; i++) expect(placed[i]! - placed[i - 1]!).toBeCloseTo(10);
});
