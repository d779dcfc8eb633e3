import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { defaultLabConfig, type LabConfig } from '../../src/pipeline/lab/config';
import { buildGraph } from '../../src/pipeline/lab/graph';
import {
  RECORDING_VERSION,
  storedKeyOf,
  storedKeysOf,
  type Recording,
  type StoredEvaluation,
  type StoredRun,
} from '../../src/pipeline/records/recording';
import { message, MessageError } from '../../src/messages';
import { currentRuns } from '../../src/pipeline/records/current';
import { DEMOS } from '../../src/ui/lessons/demos';
import { armBands, bandPoints, bandsOverTime, withBands } from '../../src/ui/figures/bands';
import { Player, timeline } from '../../src/ui/recorded/player';
import { checkedRecording } from '../../src/ui/recorded/recordings';
import { median } from '../../src/ui/recorded/spread';
import { sameStages, storedRuns } from '../../src/ui/recorded/stored';
import { timesOf } from '../../src/ui/recorded/times';
import { replayState } from '../../src/ui/store/lab-state';
import { withArmName, withSetting } from '../../src/pipeline/lab/edit';

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
  JSON.parse(await readFile(new URL(`../../demos/${file}`, import.meta.url), 'utf8'));

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
    const [ladder, ...others] = bandsOverTime(bands, { update: 60, samples: 1, seconds: 9 });
    expect(others).toEqual([]);
    expect(ladder!.points.map((p) => [p.update, p.ranges.gold.median])).toEqual([
      [0, 0.6],
      [60, 0.6],
    ]);
  });
});

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

const event = (update: number, seconds: number) => ({
  type: 'evaluation' as const,
  update,
  updates: 2,
  samples: 8 * update,
  tokens: 100,
  seconds,
  evaluation: { gold: update / 10, kl: update, winRate: 0.5 },
});

function recordingOf(of: LabConfig): Recording {
  return {
    version: RECORDING_VERSION,
    demo: 'x',
    seed: 1,
    backend: 'wasm',
    seconds: 40,
    config: of,
    nodes: buildGraph(of).map((node) => ({
      id: node.id,
      name: node.name,
      stage: node.stage,
      size: node.size,
      key: node.key,
      source: node.shippable ? ('shipped' as const) : ('live' as const),
      seconds: 10,
      summary: { gold: 0.2, kl: 2, winRate: 0.7 },
      events: node.id === 'ppo' || node.id === 'dpo' ? [event(0, 0.1), event(1, 5), event(2, 10)] : [],
    })),
    samples: [{ prompt: 'review: x', answers: [{ id: 'sft', text: 'a', gold: 0 }] }],
  };
}

describe('the player', () => {
  it('lets every stage begin when what it builds on is done, arms side by side', () => {
    const parts = timeline(recordingOf(config), buildGraph(config));
    const at = Object.fromEntries([...parts].map(([id, part]) => [id, [part.from, part.to]]));
    expect(at).toEqual({
      pretrain: [0, 0],
      sft: [0, 10],
      preferences: [10, 20],
      reward: [20, 30],
      ppo: [30, 40],
      dpo: [30, 40],
    });
  });

  it('shows rows as they came, then results, and never trains', () => {
    let changes = 0;
    const player = new Player(recordingOf(config), config, () => changes++);
    const statuses = () => Object.fromEntries(player.nodes().map((n) => [n.node.id, n.status]));
    expect(player.state).toBe('paused');
    expect(statuses()).toMatchObject({ pretrain: 'done', sft: 'paused', ppo: 'queued' });
    player.finish();
    expect(player.state).toBe('ended');
    expect(player.share).toBe(1);
    const ppo = player.nodes().find((n) => n.node.id === 'ppo')!;
    expect(ppo.status).toBe('done');
    expect(ppo.run!.key).toBe(ppo.node.key);
    expect(ppo.run!.events).toHaveLength(3);
    expect(ppo.run!.result!.summary).toMatchObject({ gold: 0.2 });
    expect(changes).toBeGreaterThan(0);
  });

  it('plays on a clock of its own and can begin again', async () => {
    const player = new Player(recordingOf(config), config, () => {});
    player.setSpeed(1000);
    player.play();
    expect(player.state).toBe('playing');
    for (let i = 0; i < 100 && player.state === 'playing'; i++) await new Promise((r) => setTimeout(r, 20));
    expect(player.state).toBe('ended');
    player.rewind();
    expect(player.share).toBe(0);
    expect(player.nodes().find((n) => n.node.id === 'ppo')!.run).toBeUndefined();
  });

  it('is shown with other names in another language', () => {
    const player = new Player(recordingOf(config), config, () => {});
    player.rename(withArmName(config, 'ppo', '近端'));
    expect(player.nodes().find((n) => n.node.id === 'ppo')!.node.name).toBe('近端');
  });
});

describe('a recording', () => {
  const demo = { config };

  it('is taken if its stages are those of the demo', () => {
    const recording = recordingOf(config);
    const read = checkedRecording(JSON.parse(JSON.stringify(recording)), demo);
    expect(read).toEqual({ recording, leftOut: [] });
  });

  it('is played without the arms that have changed since, and names them', () => {
    const before = recordingOf(withSetting(config, 'dpo', 'beta', 0.1));
    before.samples[0]!.answers.push({ id: 'dpo', text: 'b', gold: 1 }, { id: 'ppo', text: 'c', gold: 1 });
    const { recording, leftOut } = checkedRecording(before, demo);
    expect(leftOut).toEqual(['dpo']);
    expect(recording.config).toEqual(config);
    expect(recording.nodes.map((n) => n.id)).toEqual(['pretrain', 'sft', 'preferences', 'reward', 'ppo']);
    expect(recording.samples[0]!.answers.map((a) => a.id)).toEqual(['sft', 'ppo']);
    const player = new Player(recording, recording.config, () => {}, leftOut);
    player.finish();
    const statuses = Object.fromEntries(player.nodes().map((n) => [n.node.id, n.status]));
    expect(statuses).toMatchObject({ ppo: 'done', dpo: 'missing' });
    expect(replayState(player, null)!.leftOut).toEqual(['dpo']);
  });

  it('is refused where every arm has changed, of another format, or broken', () => {
    const other = recordingOf(withSetting(config, 'sft', 'steps', 7));
    expect(() => checkedRecording(other, demo)).toThrow('made by an earlier version of sft');
    expect(() => checkedRecording({ ...recordingOf(config), version: 0 }, demo)).toThrow('version');
    expect(() => checkedRecording({ ...recordingOf(config), nodes: 3 }, demo)).toThrow('nodes');
  });
});
