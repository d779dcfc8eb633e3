import { describe, expect, it } from 'vitest';
import { tests, type Check } from './check.mjs';
import { judge, replayOf, together, type TestRecord } from './judge.mjs';

const check: Check = {
  id: 'a',
  part: 'fuzz',
  what: '',
  right: '',
  tests: [tests('a.test.ts', 'reads', 'writes')],
  against: (noted) => ((noted['slowest, ms'] ?? 0) > 1000 ? ['slow'] : []),
};

const record = (name: string, more: Partial<TestRecord> = {}): TestRecord => ({
  ...{ file: 'tests/a.test.ts', name, state: 'passed', errors: [], noted: {} },
  ...more,
});

describe('a check', () => {
  it('holds if all of it ran and passed', () => {
    const {
      verdict,
      tests: ran,
      problems,
    } = judge(check, [record('it reads'), record('it writes'), record('else')]);
    expect([verdict, ran, problems]).toEqual(['holds', 2, []]);
  });

  it('was not run where a part of it was not, or another file has a test of that name', () => {
    expect(judge(check, [record('it reads')])).toMatchObject({
      verdict: 'not run',
      problems: ['did not run: writes'],
    });
    expect(judge(check, [record('reads writes', { file: 'tests/b.test.ts' })]).tests).toBe(0);
    expect(judge(check, [record('reads', { state: 'skipped' }), record('writes')]).verdict).toBe('not run');
  });

  it('does not hold when a test failed, and says how to see it again', () => {
    const errors = ['Property failed after 3 tests\n{ seed: 5, path: "2:0:1", endOnFailure: true }'];
    const found = judge(check, [record('reads'), record('writes (1)', { state: 'failed', errors })]);
    expect(found.verdict).toBe('does not hold');
    expect(found.problems).toEqual(['writes (1): Property failed after 3 tests']);
    expect(found.replay).toEqual([
      String.raw`ALIGNLET_AMOUNTS=seed=5,path=2:0:1 npm run test:node -- tests/a.test.ts -t "writes \\(1\\)"`,
    ]);
  });

  it('does not hold when its figures do not, and names the slowest input', () => {
    const slow = record('reads', { noted: { seed: 9, 'slowest, ms': 1200, 'slowest at': 77 } });
    const found = judge(check, [slow, record('writes', { noted: { 'slowest, ms': 3 } })]);
    expect([found.verdict, found.problems]).toEqual(['does not hold', ['slow']]);
    expect(found.replay).toEqual([
      'ALIGNLET_AMOUNTS=seed=9,path=77 npm run test:node -- tests/a.test.ts -t "reads"',
    ]);
  });
});

it('what was counted is added, of what was measured the largest stands', () => {
  expect(together([{ inputs: 2, 'slowest, ms': 5 }, { inputs: 3, 'slowest, ms': 4 }, {}])).toEqual({
    inputs: 5,
    'slowest, ms': 5,
  });
});

it('tests in a browser are replayed there', () => {
  const failed = record('x', { file: 'tests/browser/a.test.ts', state: 'failed', errors: ['gone'] });
  expect(replayOf(failed)).toBe('npm run test:browser -- tests/browser/a.test.ts -t "x"');
});
