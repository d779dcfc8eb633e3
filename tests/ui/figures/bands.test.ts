import { describe, expect, it } from 'vitest';
import { defaultLabConfig, type LabConfig } from '../../../src/pipeline/lab/config';
import {
  storedKeyOf,
  storedKeysOf,
  type StoredEvaluation,
  type StoredRun,
} from '../../../src/pipeline/records/recording';
import { armBands, bandPoints, bandsOverTime, withBands } from '../../../src/ui/figures/bands';
import { START } from '../../../src/ui/store/compare';
import { median } from '../../../src/ui/recorded/spread';

const config: LabConfig = { ...defaultLabConfig(), start: 'base' };

const measured = (update: number, gold: number, more: object = {}): StoredEvaluation => ({
  update,
  updates: 2,
  samples: 8 * update,
  tokens: 100,
  seconds: update,
  evaluation: { gold, kl: gold, winRate: 0.5 + gold / 10, ...more } as StoredEvaluation['evaluation'],
});

const run = (seed: number, golds: number[]): StoredRun => ({
  key: storedKeyOf(storedKeysOf(config)),
  keys: storedKeysOf(config),
  summary: {
    demo: 'x',
    seed,
    backend: 'wasm',
    seconds: 40 + seed,
    config: { ...config, seed },
    trunk: { sft: { gold: 0, seconds: 9 }, 'dpo/preferences': { seconds: 4 } },
    arms: { ppo: { gold: golds.at(-1)!, seconds: 20 }, dpo: { gold: 0.5, seconds: 10 } },
    failures: {},
  },
  history: { ppo: golds.map((gold, i) => measured(i, gold)) },
});

const ARM = { id: 'ppo', name: 'PPO', style: 0, stage: 'ppo' as const, isLimit: false };

describe('bands over seeds', () => {
  const runs = [run(1, [0, 0.2, 0.6]), run(2, [0, 0.4, 0.5]), run(3, [0, 0.3, 0.9])];

  it('go from the lowest to the highest seed, with the median between', () => {
    const points = bandPoints(runs.map((r) => r.history['ppo']!));
    expect(points.map((p) => p.ranges.gold)).toEqual([
      { median: 0, low: 0, high: 0 },
      { median: 0.3, low: 0.2, high: 0.4 },
      { median: 0.6, low: 0.5, high: 0.9 },
    ]);
    expect(median([1, 2, 4, 9])).toBe(3);
  });

  it('reach as far as the shortest seed, and stand at the median of seconds', () => {
    const slow = runs[0]!.history['ppo']!.map((row) => ({ ...row, seconds: row.seconds * 5 }));
    const points = bandPoints([slow, runs[1]!.history['ppo']!.slice(0, 2)]);
    expect(points).toHaveLength(2);
    expect(points[1]!.seconds).toBe(3);
    expect(points[1]!.update).toBe(1);
  });

  it('are added to the rows of the lines', () => {
    const bands = armBands(runs, [ARM, { ...ARM, id: 'dpo' }]);
    expect(bands.map((b) => [b.id, b.seeds])).toEqual([['ppo', 3]]);
    const rows = withBands([{ x: 1, 'ppo.win': 55 }], bands, 'update', 'winRate', 100);
    expect(rows.map((r) => r.x)).toEqual([0, 1, 2]);
    expect(rows[1]).toMatchObject({ 'ppo.win': 55, 'ppo.middle': 53, 'ppo.seeds': [52, 54] });
  });

  it('stand still for a ladder, which takes no time, and leave the limit out', () => {
    const bands = armBands(runs, [
      { ...ARM, stage: 'best-of-n' },
      { ...ARM, stage: 'tilt', isLimit: true },
    ]);
    const [ladder, ...others] = bandsOverTime(bands, { ...START, update: 60, samples: 1, seconds: 9 });
    expect(others).toEqual([]);
    expect(ladder!.points.map((p) => [p.update, p.ranges.gold.median])).toEqual([
      [0, 0.6],
      [60, 0.6],
    ]);
  });
});
