import { describe, expect, it } from 'vitest';
import { groupOf, metricSections } from '../../src/ui/charts/metric-groups';
import { en } from '../../src/ui/i18n/en';
import { brief, compact, duration, fixed, percent } from '../../src/ui/i18n/format';
import { ARM_STYLES, SURFACES } from '../../src/ui/theme/palette';

/** Contrast ratio of WCAG 2.2. */
function contrast(a: string, b: string): number {
  const luminance = (hex: string) => {
    const [r, g, blue] = [1, 3, 5].map((i) => {
      const c = parseInt(hex.slice(i, i + 2), 16) / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    }) as [number, number, number];
    return 0.2126 * r + 0.7152 * g + 0.0722 * blue;
  };
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

describe('arm colours', () => {
  it.each(['light', 'dark'] as const)('are readable as text on the %s page', (scheme) => {
    for (const style of ARM_STYLES)
      expect(contrast(style[scheme], SURFACES[scheme]), style[scheme]).toBeGreaterThanOrEqual(4.5);
  });

  it('come with a marker of their own', () => {
    expect(new Set(ARM_STYLES.map((s) => s.marker)).size).toBe(ARM_STYLES.length);
  });
});

describe('numbers', () => {
  it('have a true minus sign and an optional plus', () => {
    expect(fixed(-0.426)).toBe('−0.43');
    expect(fixed(0.5, 2, true)).toBe('+0.50');
    expect(fixed(-0.04, 1)).toBe('0.0');
    expect(fixed(0.004, 2, true)).toBe('0.00');
    expect(fixed(NaN)).toBe('–');
    expect(percent(0.861)).toBe('86 %');
  });

  it.each([
    [0, '0'],
    [0.0003, '0.0003'],
    [0.00001, '1.0e−5'],
    [1.2345, '1.23'],
    [1200, '1200'],
    [3_000_000, '3.0M'],
  ])('brief(%d) = %s', (value, text) => expect(brief(value)).toBe(text));

  it('are compact', () => {
    expect(compact(14_321)).toBe('14k');
    expect(compact(950)).toBe('950');
    expect(duration(75)).toBe('1 min 15 s');
    expect(duration(9.4)).toBe('9 s');
  });
});

describe('metrics', () => {
  it('stand under the heading they belong to', () => {
    expect(groupOf('dpo', 'loss')).toBe('loss');
    expect(groupOf('dpo', 'rewards/margins')).toBe('reward');
    expect(groupOf('ppo', 'val/explained_var')).toBe('value');
    expect(groupOf('ppo', 'val/ratio')).toBe('policy');
    expect(groupOf('ppo', 'something_new')).toBe('optimiser');
  });

  it('include the held-out measurements of an arm and leave out the iteration counter', () => {
    const point = { update: 1, samples: 1, seconds: 1 };
    const evaluation = { eosRate: 1, length: 2, distinct1: 3, distinct2: 4, entropy: 5 } as never;
    const sections = metricSections('ppo', new Map([['iteration', [{ ...point, value: 1 }]]]), [
      { ...point, updates: 1, evaluation },
    ]);
    expect(sections.map((s) => s.group)).toEqual(['heldOut']);
    expect(sections[0]!.metrics.map((m) => m.name)).toContain('eval/eosRate');
  });
});

describe('the catalogue', () => {
  it('has no empty word and no exclamation mark', () => {
    const check = (value: unknown): void => {
      if (typeof value === 'string') {
        expect(value.trim()).not.toBe('');
        expect(value).not.toContain('!');
      } else Object.values(value as object).forEach(check);
    };
    check(en);
  });
});
