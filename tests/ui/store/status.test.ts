import { describe, expect, it } from 'vitest';
import { message } from '../../../src/messages';
import { buildGraph } from '../../../src/pipeline/lab/graph';
import type { NodeView } from '../../../src/pipeline/lab/lab';
import { defaultLabConfig, type LabConfig } from '../../../src/pipeline/lab/config';
import { SnapshotCache } from '../../../src/ui/store/snapshot';
import { statusOf } from '../../../src/ui/store/status';

const config = defaultLabConfig();

const views = (of: LabConfig, view: (id: string, key: string) => Partial<NodeView>): NodeView[] =>
  buildGraph(of).map((node) => ({ node, status: 'missing', ...view(node.id, node.key) }));

describe('statusOf', () => {
  const stagesWith = (status: NodeView['status'], which: (id: string) => boolean) =>
    new SnapshotCache().read(
      views(config, (id) => ({ status: which(id) ? status : 'done' })),
      { state: 'idle', config },
    );
  const base = { state: 'idle', problems: [], engine: { status: 'ready' }, loaded: true } as const;

  it('names what will run and what is ready', () => {
    const status = statusOf({ ...base, stages: stagesWith('missing', (id) => id === 'ppo' || id === 'dpo') });
    expect(status.kind).toBe('ready');
    if (status.kind === 'ready') {
      expect(status.todo.map((s) => s.id)).toEqual(['ppo', 'dpo']);
      expect(status.ready.map((s) => s.id)).toEqual(['pretrain', 'sft', 'preferences', 'reward']);
    }
  });

  it('puts problems of settings before everything else while idle', () => {
    const problems = [{ path: 'ppo.klCoef', message: message('name.unknown', {}) }];
    expect(statusOf({ ...base, problems, stages: [] })).toMatchObject({ kind: 'problem', count: 1 });
  });

  it('does not plan to train what is shipped but has not come', () => {
    const stages = stagesWith('missing', () => true);
    const status = statusOf({ ...base, unloaded: [{ id: 'sft' }], stages });
    expect(status).toMatchObject({ kind: 'unloaded', stages: [{ id: 'sft' }] });
  });

  it('says of a run that waits for the engine that it waits', () => {
    const stages = stagesWith('missing', () => true);
    const starting = { ...base, state: 'running', engine: { status: 'starting' }, stages } as const;
    expect(statusOf(starting)).toEqual({ kind: 'waiting' });
    expect(statusOf({ ...starting, engine: base.engine }).kind).toBe('running');
  });

  it('tells failed from done', () => {
    expect(statusOf({ ...base, stages: stagesWith('failed', (id) => id === 'ppo') }).kind).toBe('failed');
    expect(statusOf({ ...base, stages: stagesWith('done', () => true) }).kind).toBe('done');
  });
});
