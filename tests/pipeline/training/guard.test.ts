import { expect, it } from 'vitest';
import { isLogged } from '../../../src/pipeline/training/guard';

it('the first and the last update are always read', () => {
  for (const updates of [1, 2, 7, 100, 250, 999]) {
    const rows = Array.from({ length: updates }, (_, i) => i + 1).filter((u) => isLogged(u, updates));
    expect(rows[0]).toBe(1);
    expect(rows.at(-1)).toBe(updates);
    expect(rows.length).toBeLessThanOrEqual(152);
  }
});
