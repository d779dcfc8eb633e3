import { describe, expect, it } from 'vitest';
import { fitOveroptimization, fittedReward } from '../../../src/pipeline/maths/overoptimization';

describe('the over-optimisation curve', () => {
  const kls = [0.1, 0.5, 1, 2, 4, 8, 16, 40];

  it.each(['rl', 'best-of-n'] as const)('finds the α and β that made it (%s), and its peak', (form) => {
    const [alpha, beta] = form === 'rl' ? [0.5, 0.2] : [0.6, 0.1];
    const path = kls.map((kl) => ({ kl, gold: -0.1 + fittedReward(form, { alpha, beta }, kl) }));
    const fit = fitOveroptimization(form, [{ kl: 0, gold: -0.1 }, ...path]);
    expect(fit['fit.alpha']).toBeCloseTo(alpha, 10);
    expect(fit['fit.beta']).toBeCloseTo(beta, 10);
    expect(fit['fit.r2']).toBeCloseTo(1, 10);
    expect(fit['fit.r2Other']).toBeLessThan(0.9999);
    // at the peak the derivative is 0: steps to either side are lower
    const top = fit['fit.peakKl']!;
    const at = (kl: number) => fittedReward(form, { alpha, beta }, kl);
    expect(at(top)).toBeGreaterThan(at(top * 1.01));
    expect(at(top)).toBeGreaterThan(at(top * 0.99));
    expect(fit['peak.gold']).toBe(Math.max(...path.map((p) => p.gold)));
  });

  it('says nothing about a curve from few points, and no peak where reward only rises', () => {
    expect(fitOveroptimization('rl', [{ kl: 0, gold: 0 }])).toEqual({});
    expect(fitOveroptimization('rl', [{ kl: 0, gold: 0 }, { kl: 1, gold: 0.5 }])).toEqual({ 'peak.gold': 0.5, 'peak.kl': 1 }); // prettier-ignore
    const rising = [0, ...kls].map((kl) => ({ kl, gold: kl }));
    expect(fitOveroptimization('best-of-n', rising)['fit.peakKl']).toBeUndefined();
  });
});
