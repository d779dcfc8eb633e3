import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { defaultLabConfig, type LabConfig } from '../../../src/pipeline/lab/config';
import {
  storedKeyOf,
  storedKeysOf,
  type StoredEvaluation,
  type StoredRun,
} from '../../../src/pipeline/records/recording';
import { message, MessageError } from '../../../src/messages';
import { currentRuns } from '../../../src/pipeline/records/current';
import { DEMOS } from '../../../src/ui/lessons/demos';
import { sameStages, storedRuns } from '../../../src/ui/recorded/stored';
import { timesOf } from '../../../src/ui/recorded/times';
import { withArmName, withSetting } from '../../../src/pipeline/lab/edit';

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

const fromDisk = async (_url: string, file: string): Promise<unknown> =>
  JSON.parse(await readFile(new URL(`../../../demos/${file}`, import.meta.url), 'utf8'));

describe('stored runs', () => {
  it('belong to arms with the same settings, whatever their names, seed and start', () => {
    const renamed = withArmName({ ...config, seed: 5, start: 'trunk' }, 'ppo', 'other');
    expect([...sameStages(renamed, config)]).toContain('ppo');
    const changed = sameStages(withSetting(config, 'ppo', 'klCoef', 0.3), config);
    expect(changed.has('ppo')).toBe(false);
    expect(changed.has('dpo')).toBe(true);
  });

  it('tell what a run takes on two cores', () => {
    expect(timesOf([], config)).toBeUndefined();
    expect(timesOf([run(1, [0]), run(3, [0])], config)).toEqual({ first: 20, all: 20, seed: 42 });
    const three = { ...config, arms: [...config.arms, { ...config.arms[1]!, id: 'late' }] };
    expect(timesOf([run(1, [0])], three)).toBeUndefined(); // it knows nothing of one of the arms
    const more = run(1, [0]);
    more.summary.arms['late'] = { seconds: 30 };
    expect(timesOf([more], three)).toEqual({ first: 20, all: 44, seed: 41 });
  });

  it('that cannot be loaded are named, and leave the others', async () => {
    const all = await storedRuns('dpo', fromDisk);
    const some = await storedRuns('dpo', (url, file) =>
      file.endsWith('seed-2.json')
        ? Promise.reject(new MessageError(message('file.missing', { file })))
        : fromDisk(url, file),
    );
    expect(some.missing).toEqual([{ code: 'file.missing', values: { file: 'dpo/results/seed-2.json' } }]);
    expect(some.runs).toEqual(all.runs.filter(({ summary }) => summary.seed !== 2));
  });

  it.each(DEMOS.map((d) => [d.name, d] as const))(
    'of %s say what made every part of them',
    async (name, demo) => {
      const { runs, missing } = await storedRuns(name, fromDisk);
      expect(missing).toEqual([]); // none is broken
      for (const { key, keys, summary, history } of runs) {
        expect(summary.demo).toBe(name);
        expect(key).toBe(storedKeyOf(keys));
        const results = { ...summary.trunk, ...summary.arms, ...summary.failures };
        expect(Object.keys(keys).sort()).toEqual(Object.keys(results).sort());
        for (const id of Object.keys(history)) expect(keys).toHaveProperty([id]);
        for (const rows of Object.values(history)) expect(rows.length).toBeGreaterThan(0);
      }
      for (const { summary } of currentRuns(runs, demo.config))
        expect(demo.config.arms.map((arm) => arm.id)).toEqual(
          expect.arrayContaining(Object.keys({ ...summary.arms, ...summary.failures })),
        );
    },
  );
});
