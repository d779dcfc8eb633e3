import { describe, expect, it } from 'vitest';
import { buildGraph } from '../../../src/pipeline/lab/graph';
import { defaultLabConfig, labConfigSchema, type LabConfig } from '../../../src/pipeline/lab/config';
import { storedKeyOf, storedKeysOf, type StoredRun } from '../../../src/pipeline/records/recording';
import { FigureBook, finalFigures } from '../../../src/ui/figures/figure-book';
import { figureGroups } from '../../../src/ui/figures/groups';
import { SnapshotCache } from '../../../src/ui/store/snapshot';

const config = labConfigSchema.parse({
  ...defaultLabConfig(),
  arms: [
    { id: 'ppo', name: 'PPO', stage: 'ppo' },
    { id: 'few', name: 'Few labels', stage: 'best-of-n', trunk: { preferences: { pairs: 50 } } },
  ],
}) as LabConfig;

const stagesOf = (of: LabConfig, summaries: Record<string, Record<string, number>>) =>
  new SnapshotCache().read(
    buildGraph(of).map((node) => {
      const summary = summaries[node.id];
      if (!summary) return { node, status: 'missing' as const };
      const result = { artifact: {} as never, summary };
      const run = { key: node.key, events: [], notices: [], source: 'live' as const, seconds: 1, result };
      return { node, status: 'done' as const, run };
    }),
    { state: 'idle', config: of },
  );

const stored = (seed: number, gold: number): StoredRun => ({
  key: storedKeyOf(storedKeysOf(config)),
  keys: storedKeysOf(config),
  summary: {
    demo: 'x',
    seed,
    backend: 'wasm',
    seconds: 1,
    config,
    trunk: { reward: { accuracy: 0.9 }, 'few/reward': { accuracy: 0.6 + seed / 100 } },
    arms: { ppo: { gold, 'winRate@1': 0.8 }, few: { gold: 0.1, deltaChosen: -1 } },
    failures: {},
  },
  history: {},
});

describe('figures of all arms', () => {
  const stages = stagesOf(config, { ppo: { gold: 0.6, kl: 3 }, 'few/reward': { accuracy: 0.7 } });
  const book = new FigureBook(stages, [stored(1, 0.5), stored(2, 0.7)], new Set(['ppo', 'few']));
  const [ppo, few] = book.arms as [(typeof book.arms)[0], (typeof book.arms)[0]];

  it('are of this run where there are any, and of the recorded seeds', () => {
    expect(book.live(ppo, 'gold')).toEqual({ value: 0.6, final: true });
    expect(book.live(few, 'gold')).toBeUndefined();
    expect(book.recorded(ppo, 'gold')).toMatchObject({ mean: 0.6, count: 2 });
    expect(book.value(few, 'gold')).toBeCloseTo(0.1);
    expect(book.has('deltaChosen')).toBe(true);
    expect(book.has('clipFraction')).toBe(false);
    expect(book.variationsOf('winRate')).toEqual([{ base: 'winRate', temperature: 1 }]);
  });

  it('reach into the trunk under an arm', () => {
    expect(book.live(few, 'reward.accuracy')).toEqual({ value: 0.7, final: true });
    expect(book.recorded(few, 'reward.accuracy')!.mean).toBeCloseTo(0.615);
    expect(book.recorded(ppo, 'reward.accuracy')!.mean).toBeCloseTo(0.9);
    expect(book.position(few, 'preferences.pairs')).toBe(50);
    expect(book.position(ppo, 'iterations')).toBe(60);
    expect(book.position(ppo, 'kl')).toBe(3);
  });

  it('have none recorded for arms with other settings', () => {
    const changed = new FigureBook(stages, [stored(1, 0.5)], new Set(['few']));
    expect(changed.recorded(ppo, 'gold')).toBeUndefined();
  });

  it('have none recorded against an arm with other settings', () => {
    const run = stored(1, 0.5);
    run.summary.arms['ppo'] = { gold: 0.5, 'winRate/few': 0.9 };
    expect(new FigureBook(stages, [run], new Set(['ppo', 'few'])).recorded(ppo, 'winRate/few')!.mean).toBe(
      0.9,
    );
    const changed = new FigureBook(stages, [run], new Set(['ppo']));
    expect(changed.recorded(ppo, 'gold')!.mean).toBe(0.5);
    expect(changed.recorded(ppo, 'winRate/few')).toBeUndefined();
  });

  it('stand in tables by question, and only those there are', () => {
    const groups = figureGroups(book, undefined);
    expect(groups.map((g) => g.name)).toEqual(['main', 'pairs']);
    expect(groups[0]!.figures).toEqual(['gold', 'kl']);
    expect(groups[1]!.figures).toEqual(['deltaChosen']);
  });

  it('include what exists only between arms: the gap to the limit', () => {
    const withLimit = labConfigSchema.parse({
      ...config,
      arms: [config.arms[0], { id: 'limit', name: 'Limit', stage: 'tilt' }],
    }) as LabConfig;
    const nodes = buildGraph(withLimit).map((node) => {
      const evaluation = (update: number, kl: number, gold: number) =>
        ({
          type: 'evaluation',
          update,
          updates: 1,
          samples: 1,
          tokens: 1,
          seconds: 1,
          evaluation: { kl, gold },
        }) as never;
      const events = node.id === 'limit' ? [evaluation(0, 0, 0), evaluation(1, 4, 0.8)] : [];
      const summary = node.id === 'ppo' ? { gold: 0.3, kl: 2 } : { gold: 0.8, kl: 4 };
      const result = { artifact: {} as never, summary };
      const run = { key: node.key, events, notices: [], source: 'live' as const, seconds: 1, result };
      return { node, status: 'done' as const, run };
    });
    const figures = finalFigures(new SnapshotCache().read(nodes, { state: 'idle', config: withLimit }));
    expect(figures['ppo']!['gap']).toBeCloseTo(0.1);
    expect(figures['limit']!['gap']).toBeUndefined();
  });
});
