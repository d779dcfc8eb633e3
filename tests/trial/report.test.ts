import { describe, expect, it } from 'vitest';
import { ROWS } from './rows.mjs';
import { report } from './report.mjs';
import type { Outcome } from './saved.mjs';

const run = {
  ...{ date: '2026-01-02T03:04:05.000Z', commit: 'abc1234', minutes: 2, load: [1, 2] as [number, number] },
  ...{ processor: 'a processor', threads: 2, node: 'v20', amounts: 'fuzz=9' },
};
const outcome = (check: string, more: Partial<Outcome> = {}): Outcome => ({
  ...{ check, verdict: 'holds', tests: 3, noted: {}, problems: [], replay: [], run },
  ...more,
});

describe('the report', () => {
  it('names what holds, what does not and what was not run', () => {
    const text = report(
      {
        outcomes: [
          outcome('row 1'),
          outcome('row 2', { verdict: 'does not hold', problems: ['broken'], replay: ['again'] }),
          outcome('fuzz: links', { noted: { inputs: 9, 'slowest, ms': 2.5, seed: 3 } }),
        ],
      },
      { sections: [] },
    );
    expect(text).toMatch(/^2 of \d+ hold, 1 do not, \d+ were not run\.$/m);
    expect(text).toMatch(/^\| 1 \| .* \| holds \| abc1234, 2026-01-02 03:04 \|$/m);
    expect(text).toMatch(/^\| 2 \| .* \| \*\*does not hold\*\* \|/m);
    expect(text).toMatch(/^\| 3 \| .* \| \*\*not run\*\* \| {2}\|$/m);
    expect(text).toContain('| 9 inputs, slowest 2.50 ms | holds |');
    expect(text).toContain('- row 2: broken\n  - `again`');
    expect(text).toContain('commit abc1234, 2.00 minutes, fuzz=9: a processor, 2 threads');
    for (const { tests } of ROWS) for (const { file } of tests) expect(text).toContain(file);
  });

  it('has what the benchmark measured of input and of memory', () => {
    const point = (bytes: number) => ({ tensors: 1, bytes, deviceBytes: 7 });
    const memory = {
      backend: 'wasm',
      stage: 'ppo',
      updates: 2000,
      early: point(5),
      late: point(6),
      run: run.date,
    };
    const bench = {
      sections: [{ backend: 'wasm', adapter: 'CPU', memory: [memory], runs: [run] }],
      against: [
        {
          ...{ part: 'eight', date: run.date, commits: { base: 'a', ours: 'b' } },
          rows: [{ name: 'allDelay', ours: { median: 147 } }],
        },
      ],
    };
    const text = report({ outcomes: [] }, bench as never);
    expect(text).toContain('| **does not hold** (147 ms) | b, 2026-01-02 03:04, tests/bench |');
    expect(text).toContain('| wasm, CPU | ppo | 2000 | 5 → 6 | 7 → 7 | **does not hold** | abc1234 |');
  });
});
