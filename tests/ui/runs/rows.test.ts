import { describe, expect, it } from 'vitest';
import { defaultLabConfig, type LabConfig } from '../../../src/pipeline/lab/config';
import { buildGraph } from '../../../src/pipeline/lab/graph';
import { spreadOf } from '../../../src/pipeline/records/verdict';
import type { ListedRun } from '../../../src/storage/runs';
import { atEqual, isWithin, ranksOf, rowsOf } from '../../../src/ui/runs/rows';
import { arm } from '../store/support';

const config = (seed: number, beta = 0.5, name = 'DPO'): LabConfig => ({
  ...defaultLabConfig(),
  seed,
  arms: [{ id: 'dpo', name, stage: 'dpo', settings: beta === 0.5 ? {} : { beta } }],
});

function run(of: LabConfig, changed: number, summary: Record<string, number> | null): ListedRun {
  const keys = Object.fromEntries(buildGraph(of).map(({ id, key }) => [id, key]));
  const entry = {
    key: keys['dpo']!,
    kind: 'result',
    stage: 'dpo',
    bytes: 1,
    at: 1,
    summary: summary ?? {},
  } as const;
  const entries: ListedRun['entries'] = summary ? { dpo: entry } : {};
  return { id: String(changed), config: of, demo: null, begun: 0, changed, keys, entries, bytes: 1 };
}

const nameOf = ({ config: of }: ListedRun) => ({
  arms: of.arms.map(({ name }) => name),
  under: [`seed ${of.seed}`],
});

describe('the table of runs', () => {
  const runs = [
    run(config(1), 1, { gold: 0.2 }),
    run(config(2), 3, { gold: 0.4 }),
    run(config(1, 0.5, 'again'), 2, { gold: 0.2 }), // the same result under another name
    run(config(1, 0.1), 4, { gold: 0.9 }),
    run(config(9), 5, null), // not at its end
  ];

  it('has each result once, the latest first', () => {
    expect(rowsOf(runs, false, nameOf).map(({ name, seeds, changed }) => [name, seeds, changed])).toEqual([
      ['DPO', [1], 4],
      ['DPO', [2], 3],
      ['again', [1], 2],
    ]);
  });

  it('puts seeds of the same settings together', () => {
    const [other, both] = rowsOf(runs, true, nameOf);
    expect(other!.figures['gold']).toMatchObject({ mean: 0.9, count: 1 });
    expect(both!.seeds).toEqual([2, 1]);
    expect(both!.figures['gold']!.mean).toBeCloseTo(0.3);
    expect(rowsOf(runs, true, nameOf)).toHaveLength(2);
  });

  it('does not put a ready-made trunk together with one that was trained', () => {
    const mixed = [...runs, run({ ...config(2), start: 'base' }, 6, { gold: 0 })];
    expect(rowsOf(mixed, true, nameOf)).toHaveLength(3);
  });
});

describe('the scoreboard', () => {
  const row = (id: string, winRate: number | undefined, kl: number | undefined) => ({
    id,
    figures: {
      ...(winRate === undefined ? {} : { winRate: spreadOf([winRate]) }),
      ...(kl === undefined ? {} : { kl: spreadOf([kl]) }),
    },
  });
  const rows = [row('far', 0.9, 8), row('near', 0.7, 2), row('twin', 0.7, 3), row('low', 0.6, 1), row('none', 0.99, undefined)]; // prettier-ignore

  it('is by win rate within a limit of KL; equal ones share a place', () => {
    expect(Object.fromEntries(ranksOf(rows, 5))).toEqual({ near: 1, twin: 1, low: 3 });
    expect(Object.fromEntries(ranksOf(rows, undefined))).toMatchObject({ none: 1, far: 2 });
    expect(ranksOf(rows, 0.5).size).toBe(0);
  });

  it('takes a KL at the limit, and nothing without a KL', () => {
    expect(isWithin(rows[1]!, 2)).toBe(true);
    expect(isWithin(rows[4]!, 100)).toBe(false);
  });
});

describe('at equal cost', () => {
  it('compares where the most frugal ended; a row without measurements has no figures', () => {
    const rows = rowsOf([run(config(1), 1, { gold: 9 }), run(config(1, 0.1), 2, { gold: 9 }), run(config(1, 2), 3, { gold: 9 })], false, nameOf); // prettier-ignore
    const [short, long] = [arm('a', [[0, 0], [4, 0.8]]), arm('b', [[0, 0], [1, 0.5], [2, 0.6]])]; // prettier-ignore
    const paths = new Map([
      [rows[0]!.keys[0]!, short.points],
      [rows[1]!.keys[0]!, long.points],
    ]);
    const updates = atEqual(rows, paths, 'update');
    expect(updates.amount).toBe(1);
    expect(updates.rows.map(({ figures }) => figures['gold']?.mean)).toEqual([0.8, 0.5, undefined]);
    const kl = atEqual(rows, paths, 'kl');
    expect(kl.amount).toBe(2);
    expect(kl.rows.map(({ figures }) => figures['gold']?.mean)).toEqual([0.4, 0.6, undefined]);
    expect(atEqual(rows, paths, 'labels')).toMatchObject({
      amount: undefined,
      rows: [{ figures: {} }, {}, {}],
    });
  });
});
