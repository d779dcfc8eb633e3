import { describe, expect, it } from 'vitest';
import { buildGraph } from '../../../src/pipeline/lab/graph';
import type { NodeView } from '../../../src/pipeline/lab/lab';
import { configProblems, defaultLabConfig, type LabConfig } from '../../../src/pipeline/lab/config';
import { withSeed } from '../../../src/pipeline/lab/edit';
import { behindPoints, plannedPoints } from '../../../src/ui/store/behind';
import { armSeries } from '../../../src/ui/store/compare';
import { SnapshotCache } from '../../../src/ui/store/snapshot';

const evaluation = (prompts: number) => ({
  ...{ gold: 0.4, kl: 1.5, winRate: 0.7, winRateLow: 0.6, winRateHigh: 0.8, prompts },
  ...{ eosRate: 1, length: 9, distinct1: 0.5, distinct2: 0.5, entropy: 1 },
});

/** The arms of a configuration as they are shown when the form says something else by now. */
function shown(made: LabConfig, form: LabConfig) {
  const cache = new SnapshotCache();
  const situation = { state: 'idle' as const, config: form };
  cache.read(buildGraph(made).map((node): NodeView => ({ node, status: 'missing' })), situation); // prettier-ignore
  const makers = new Map(buildGraph(made).map((node) => [node.id, node]));
  const stages = cache.read(
    buildGraph(form).map((node): NodeView => {
      const maker = makers.get(node.id)!;
      const row = { update: 3, updates: 6, samples: 6, tokens: 9, seconds: 3 };
      const events = [16, 64].map((n) => ({
        type: 'evaluation' as const,
        ...row,
        evaluation: evaluation(n),
      }));
      const run = { key: maker.key, made: maker, source: 'live' as const, seconds: 3, notices: [], events };
      return { node, status: maker.key === node.key ? 'done' : 'stale', run };
    }),
    situation,
  );
  return { stages, series: armSeries(stages, {}) };
}

const config = { ...defaultLabConfig(), seed: 7 };

describe('what stands behind the points', () => {
  it('is of the run that made them, whatever has been typed since', () => {
    const form = { ...config, seed: 8, evaluation: { times: 1, prompts: 99, finalPrompts: 999 } };
    for (const now of [config, form])
      expect(behindPoints(shown(config, now).series)).toEqual({ prompts: 16, final: 64, seeds: [7] });
  });

  it('names every seed once', () => {
    const [one, two] = [shown(config, config).series, shown({ ...config, seed: 3 }, config).series];
    expect(behindPoints([...one, ...two])?.seeds).toEqual([3, 7]);
  });

  it('is a plan before there are any', () => {
    expect(behindPoints([])).toBeUndefined();
    expect(plannedPoints(config)).toEqual({ prompts: 128, final: 512, seeds: [7] });
  });

  it('a stage keeps the settings that made its result', () => {
    const form = { ...config, arms: config.arms.map((a) => ({ ...a, settings: { learningRate: 0.001 } })) };
    const ppo = shown(config, form).stages.find((s) => s.id === 'ppo')!;
    expect(ppo.settings['learningRate']).toBe(0.001);
    expect(ppo.made!.settings['learningRate']).not.toBe(0.001);
  });
});

describe('a seed as text', () => {
  it('is a number, or kept and named', () => {
    expect(withSeed(config, '12').seed).toBe(12);
    for (const text of ['abc', '', '-1', '1.5', '4294967296'])
      expect(configProblems(withSeed(config, text)).map((p) => [p.path, p.message.code])).toEqual([
        ['seed', 'value.number'],
      ]);
  });
});
