import { describe, expect, it } from 'vitest';
import { buildGraph } from '../../src/pipeline/lab/graph';
import { defaultLabConfig, labConfigSchema, type LabConfig } from '../../src/pipeline/lab/config';
import { storedKeyOf, storedKeysOf, type StoredRun } from '../../src/pipeline/records/recording';
import { fitCurve, gapRows, limitOf, reachOf } from '../../src/ui/charts/frontier';
import { roomFor, shortNames, textWidth } from '../../src/ui/charts/labels';
import { figureValue, spreadValue } from '../../src/ui/figures/figures';
import { figureAbout, figureName, settingName } from '../../src/ui/i18n/dynamic';
import { atEqualBudget, goldAt } from '../../src/ui/results/budget';
import { FigureBook, finalFigures } from '../../src/ui/figures/figure-book';
import { figureGroups } from '../../src/ui/figures/groups';
import { settingAxis } from '../../src/ui/results/setting-axis';
import { overTime, timeEnd, type ArmSeries } from '../../src/ui/store/compare';
import { SnapshotCache } from '../../src/ui/store/snapshot';

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

const arm = (id: string, places: [number, number][], more: Partial<ArmSeries> = {}): ArmSeries => ({
  id,
  name: id,
  style: 0,
  stage: 'ppo',
  isLimit: false,
  stale: false,
  points: places.map(([kl, gold], i) => ({
    update: i,
    updates: places.length - 1,
    samples: 8 * i,
    seconds: i,
    evaluation: { kl, gold } as ArmSeries['points'][0]['evaluation'],
  })),
  ends: { update: places.length - 1, samples: 8, seconds: places.length - 1 },
  ...more,
});

describe('reward against KL', () => {
  const limit = arm(
    'limit',
    [
      [0.1, 0],
      [1, 0.5],
      [2, 0.8],
    ],
    { stage: 'tilt', isLimit: true },
  );
  const ppo = arm('ppo', [
    [0, 0],
    [1, 0.4],
    [4, 0.5],
  ]);

  it('shows the limit and how far every arm is below it', () => {
    expect(limitOf([ppo, limit], [])!.curve).toHaveLength(3);
    expect(limitOf([ppo], [])).toBeUndefined();
    const near = arm('near', [
      [0, 0],
      [1, 0.45],
    ]);
    const rows = gapRows([ppo, limit, near], []);
    expect(rows.map((r) => [r.id, Number(r.gap.toFixed(3)), r.atLeast])).toEqual([
      ['near', 0.05, false],
      ['ppo', 0.3, true],
    ]);
  });

  it('leaves an arm outside that is far out, but not two arms that are', () => {
    expect(reachOf([3, 2, 23])).toBeCloseTo(3.9);
    expect(reachOf([3, 2, 4])).toBe(Infinity);
    expect(reachOf([170, 160, 3, 2])).toBe(Infinity);
    expect(reachOf([100, 2])).toBe(Infinity);
  });

  it('draws a fit that describes the path, with its peak if it was passed', () => {
    const summary = { 'fit.alpha': 1, 'fit.beta': 1, 'fit.r2': 0.9, 'fit.peakKl': 1 };
    const fit = fitCurve({ ...ppo, summary })!;
    expect(fit.points[0]).toEqual({ kl: 0, gold: 0 });
    expect(fit.points.at(-1)!.kl).toBeCloseTo(4);
    expect(fit.peak).toMatchObject({ kl: 1, gold: 1 });
    expect(fitCurve({ ...ppo, summary: { ...summary, 'fit.peakKl': 9 } })!.peak).toBeUndefined();
    expect(fitCurve({ ...ppo, summary: { ...summary, 'fit.r2': 0.1 } })).toBeUndefined();
    expect(fitCurve(ppo)).toBeUndefined();
  });
});

describe('charts over time', () => {
  it('show a ladder at its final value and leave the limit out', () => {
    const series = [
      arm('ppo', [
        [0, 0],
        [1, 0.4],
      ]),
      arm(
        'ladder',
        [
          [0, 0],
          [1, 0.3],
          [2, 0.6],
        ],
        { stage: 'best-of-n' },
      ),
      arm(
        'limit',
        [
          [0, 0],
          [1, 1],
        ],
        { stage: 'tilt', isLimit: true },
      ),
    ];
    const end = timeEnd(series);
    expect(end).toEqual({ update: 1, samples: 8, seconds: 1 });
    const shown = overTime(series, end);
    expect(shown.map((s) => s.id)).toEqual(['ppo', 'ladder']);
    expect(shown[1]!.points.map((p) => [p.update, p.evaluation.gold])).toEqual([
      [0, 0.6],
      [1, 0.6],
    ]);
  });
});

describe('an equal budget', () => {
  it('is what the most frugal arm has used', () => {
    const done = { summary: {} };
    const fast = arm(
      'fast',
      [
        [0, 0],
        [1, 0.4],
      ],
      done,
    );
    const slow = arm(
      'slow',
      [
        [0, 0],
        [1, 0.2],
        [2, 0.9],
      ],
      done,
    );
    const table = atEqualBudget([fast, slow])!;
    expect(table.budgets).toEqual({ update: 1, samples: 8, seconds: 1 });
    expect(table.rows.map((r) => r.gold.seconds)).toEqual([0.4, 0.2]);
    expect(atEqualBudget([fast, arm('running', [[0, 0]])])).toBeUndefined();
  });

  it('is read between measurements, not beyond them', () => {
    const { points } = arm('x', [
      [0, 0],
      [1, 0.4],
    ]);
    expect(goldAt(points, 'update', 0.5)).toBeCloseTo(0.2);
    expect(goldAt(points, 'update', 2)).toBeUndefined();
  });
});

describe('words and numbers', () => {
  it('are short enough for a chart and still different', () => {
    expect(shortNames(['PPO', 'DPO'])).toEqual(['PPO', 'DPO']);
    const names = shortNames(['KL coefficient 0.05', 'KL coefficient 0.3', 'KL coefficient 1']);
    expect(new Set(names).size).toBe(3);
    for (const name of names) expect(textWidth(name)).toBeLessThanOrEqual(13);
    expect(textWidth('近端 PPO')).toBe(8);
    expect(roomFor(['x'])).toBeLessThan(roomFor(['Best of n +0.65']));
  });

  it('put settings on an axis: equal steps, or equal ratios over a wide range', () => {
    expect(settingAxis([1, 2, 4]).isLog).toBe(false);
    const wide = settingAxis([16, 1024, 128]);
    expect(wide.isLog).toBe(true);
    expect(wide.values).toEqual([16, 128, 1024]);
    expect(wide.place(128) - wide.place(16)).toBeCloseTo(wide.place(1024) - wide.place(128));
    const withZero = settingAxis([0, 1, 2, 13]);
    expect(withZero.place(0)).toBeCloseTo(withZero.place(1) - 1);
  });

  it('have names, explanations and digits', () => {
    expect(figureName('peak.kl')).toBe('KL there, nats');
    expect(figureName('winRate@0.5')).toBe('win rate at temperature 0.5');
    expect(figureName('gold.64')).toBe('gold reward, 64');
    expect(figureAbout('gap')).toContain('best that any policy');
    expect(figureAbout('nothing')).toBe('');
    expect(settingName('preferences.pairs', 'ppo')).toBe('comparisons');
    expect(settingName('trainingExamples', 'instruct')).toBe('training examples');
    expect(spreadValue('winRate', { mean: 0.86, halfWidth: 0.021, count: 5 })).toBe('86 ± 2.1 %');
    expect(spreadValue('gold', { mean: 0.594, halfWidth: 0.02, count: 5 })).toBe('+0.59 ± 0.02');
    expect(spreadValue('gold', { mean: 0.594, halfWidth: NaN, count: 1 })).toBe('+0.59');
    expect(figureValue('fit.peakKl', 3e12)).toBe('> 1000');
    expect(figureValue('implicitAccuracy', 0.834)).toBe('83 %');
  });
});
