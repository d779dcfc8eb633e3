import { describe, expect, it } from 'vitest';
import { ARM_STYLES, SURFACES } from '../../../src/ui/theme/palette';

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
