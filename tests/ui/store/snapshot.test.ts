import { describe, expect, it } from 'vitest';
import { MODEL_SIZES } from '../../../src/model/config';
import { buildGraph } from '../../../src/pipeline/lab/graph';
import type { NodeRun, NodeView } from '../../../src/pipeline/lab/lab';
import { defaultLabConfig, type LabConfig } from '../../../src/pipeline/lab/config';
import { withSetting } from '../../../src/pipeline/lab/edit';
import { armSeries } from '../../../src/ui/store/compare';
import { SnapshotCache } from '../../../src/ui/store/snapshot';
import { VOCABULARY } from '../../../src/world';

const config = defaultLabConfig();
const evaluation = {
  gold: 0.4,
  kl: 1.5,
  winRate: 0.7,
  winRateLow: 0.6,
  winRateHigh: 0.8,
  prompts: 128,
  eosRate: 1,
  length: 9,
  distinct1: 0.5,
  distinct2: 0.5,
  entropy: 1,
};

const views = (of: LabConfig, view: (id: string, key: string) => Partial<NodeView>): NodeView[] =>
  buildGraph(of).map((node) => ({ node, status: 'missing', ...view(node.id, node.key) }));

const runOf = (key: string, more: Partial<NodeRun> = {}): NodeRun => ({
  key,
  source: 'live',
  seconds: 3,
  notices: [],
  events: [{ type: 'evaluation', update: 3, updates: 6, samples: 6, tokens: 9, seconds: 3, evaluation }],
  ...more,
});

describe('SnapshotCache', () => {
  it('shows figures, progress and the time that is left', () => {
    const cache = new SnapshotCache();
    const nodes = views(config, (id, key) => (id === 'ppo' ? { status: 'running', run: runOf(key) } : {}));
    const ppo = cache.read(nodes, { state: 'running', config }).find((s) => s.id === 'ppo')!;
    expect(ppo).toMatchObject({ status: 'running', isArm: true, outdated: false, changed: 0 });
    expect(ppo.progress).toEqual({ update: 3, updates: 6, secondsLeft: 3 });
    expect(ppo.figures).toEqual([
      { name: 'winRate', value: 0.7 },
      { name: 'gold', value: 0.4 },
      { name: 'kl', value: 1.5 },
    ]);
  });

  it('what stands beside an arm is what its curves end with, however many measurements there are', () => {
    const cache = new SnapshotCache();
    const events: NodeRun['events'] = [];
    const run = runOf('', { events });
    for (let update = 0; update <= 400; update++) {
      const gold = Math.sin(update);
      events.push({ type: 'evaluation', update, updates: 400, samples: 0, tokens: 0, seconds: update, evaluation: { ...evaluation, gold } }); // prettier-ignore
      const nodes = views(config, (id, key) =>
        id === 'ppo' ? { status: 'running', run: Object.assign(run, { key }) } : {},
      );
      const stages = cache.read(nodes, { state: 'running', config });
      const [series] = armSeries(stages, {});
      const beside = stages.find(({ id }) => id === 'ppo')!.figures.find(({ name }) => name === 'gold')!;
      expect(series!.points.at(-1)!.evaluation.gold).toBe(beside.value);
      expect(beside.value).toBe(gold);
    }
  });

  it('gives back the same object while nothing has moved, and a new one when a row arrives', () => {
    const cache = new SnapshotCache();
    const run = runOf('');
    const read = () =>
      cache.read(
        views(config, (id, key) =>
          id === 'ppo' ? { status: 'running', run: Object.assign(run, { key }) } : {},
        ),
        { state: 'running', config },
      );
    const [first, second] = [read(), read()];
    expect(second.every((s, i) => s === first[i])).toBe(true);
    run.events.push({ ...run.events[0]!, update: 4 });
    const third = read();
    expect(third.filter((s, i) => s !== first[i]).map((s) => s.id)).toEqual(['ppo']);
  });

  it('says so when a run with earlier settings is still going on', () => {
    const cache = new SnapshotCache();
    cache.read(
      views(config, () => ({})),
      { state: 'running', config },
    );
    const oldKey = buildGraph(config).find((n) => n.id === 'ppo')!.key;
    const changed = withSetting(config, 'ppo', 'klCoef', 0.3);
    const nodes = views(changed, (id) => (id === 'ppo' ? { status: 'stale', run: runOf(oldKey) } : {}));
    const ppo = cache.read(nodes, { state: 'running', config: changed }).find((s) => s.id === 'ppo')!;
    expect(ppo).toMatchObject({ status: 'running', outdated: true, changed: 1 });
    const later = views(changed, (id) =>
      id === 'ppo'
        ? { status: 'stale', run: runOf(oldKey, { result: { artifact: {} as never, summary: {} } }) }
        : {},
    );
    expect(cache.read(later, { state: 'idle', config: changed }).find((s) => s.id === 'ppo')).toMatchObject({
      status: 'stale',
      outdated: false,
    });
  });

  it('gives weights of a measurement the shape of the arm that they are of, whatever size the run has', () => {
    const [ppo, dpo] = config.arms as [LabConfig['arms'][0], LabConfig['arms'][0]];
    const mixed: LabConfig = { ...config, size: 'tiny', arms: [ppo, { ...dpo, size: 'nano' }] };
    const weights = new Float32Array(3);
    const stages = new SnapshotCache().read(
      views(mixed, (id, key) =>
        id === 'ppo' || id === 'dpo'
          ? { status: 'running', run: runOf(key, { latestWeights: weights }) }
          : {},
      ),
      { state: 'running', config: mixed },
    );
    const modelOf = (id: string) => stages.find((s) => s.id === id)!.model;
    expect(modelOf('ppo')).toEqual({
      kind: 'model',
      config: { ...MODEL_SIZES.tiny, vocabSize: VOCABULARY.length },
      weights,
    });
    expect(modelOf('dpo')?.config).toEqual({ ...MODEL_SIZES.nano, vocabSize: VOCABULARY.length });
    expect(modelOf('dpo')?.weights).toBe(weights);
  });

  it('does not show results of another task as stale ones of this', () => {
    const cache = new SnapshotCache();
    const key = buildGraph(config).find((n) => n.id === 'ppo')!.key;
    cache.read(
      views(config, () => ({})),
      { state: 'idle', config },
    );
    const other = defaultLabConfig('chat');
    const nodes = views(other, (id) => (id === 'ppo' ? { status: 'stale', run: runOf(key) } : {}));
    expect(cache.read(nodes, { state: 'idle', config: other }).find((s) => s.id === 'ppo')).toMatchObject({
      status: 'missing',
      evaluations: [],
    });
  });
});
