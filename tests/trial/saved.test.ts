import { describe, expect, it } from 'vitest';
import { merge, type Outcome } from './saved.mjs';

const run = {
  ...{ date: '', commit: '', minutes: 0, load: [0, 0] as [number, number] },
  ...{ processor: '', threads: 2, node: '', amounts: '' },
};
const outcome = (check: string, more: Partial<Outcome> = {}): Outcome => ({
  ...{ check, verdict: 'holds', tests: 3, noted: {}, problems: [], replay: [], run },
  ...more,
});

describe('results', () => {
  it('replace what was run again, and keep the rest', () => {
    const [old, other, again] = [outcome('a'), outcome('b'), outcome('a', { verdict: 'does not hold' })];
    const known = merge({ outcomes: [] }, [old, other]);
    expect(merge(known, [again, outcome('b', { tests: 0, verdict: 'not run' })]).outcomes).toEqual([
      other,
      again,
    ]);
  });
});
