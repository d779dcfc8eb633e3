import { expect, it } from 'vitest';
import { cosineSchedule, warmupSchedule } from '../../../src/pipeline/training/optimizer';

it('schedules', () => {
  expect(warmupSchedule(0, 1, 4)).toBe(0.25);
  expect(warmupSchedule(99, 1, 4)).toBe(1);
  expect(cosineSchedule(0, 100, 1, 10)).toBeCloseTo(0.1, 9);
  expect(cosineSchedule(50, 100, 1, 10)).toBeCloseTo(0.55, 9);
  expect(cosineSchedule(100, 100, 1, 10)).toBeCloseTo(0.1, 9);
  for (let i = 11; i < 100; i++) expect(cosineSchedule(i, 100, 1, 10)).toBeLessThan(cosineSchedule(i - 1, 100, 1, 10)); // prettier-ignore
});
