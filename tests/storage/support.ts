import { IDBFactory } from 'fake-indexeddb';
import 'fake-indexeddb/auto';
import { vi } from 'vitest';
import type { Locks } from '../../src/storage/locks';
import type { GraphNode } from '../../src/pipeline/lab/graph';
import type { NodeRun } from '../../src/pipeline/lab/node-run';
import type { CheckpointEvent, TimedEvent } from '../../src/pipeline/lab/runner';

/** A browser without anything stored. */
export const freshStore = (): void => void (globalThis.indexedDB = new IDBFactory());

/** Fails with these errors, one after the other, where something is put into a store; then works again. */
export function failPuts(times: number, error = new DOMException('full', 'QuotaExceededError')) {
  const put = IDBObjectStore.prototype.put;
  let left = times;
  return vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
    this: IDBObjectStore,
    ...args: Parameters<IDBObjectStore['put']>
  ) {
    if (left-- > 0) throw error;
    return put.apply(this, args);
  });
}

/** Locks of one browser, as the page uses them. */
export function fakeLocks(): Locks {
  const held = new Set<string>();
  return {
    query: async () => ({ held: [...held].map((name) => ({ name })) }) as LockManagerSnapshot,
    request: (async (name: string, _: LockOptions, work: (lock: Lock | null) => unknown) => {
      if (held.has(name)) return work(null);
      held.add(name);
      try {
        return await work({ name, mode: 'exclusive' });
      } finally {
        held.delete(name);
      }
    }) as Locks['request'],
  };
}

export const node = (key: string): GraphNode => ({
  id: 'sft',
  name: 'sft',
  stage: 'sft',
  size: 'nano',
  settings: { steps: 9 },
  seed: 1,
  inputs: {},
  key,
  shippable: false,
});

export const row = (update: number): TimedEvent => ({
  type: 'metrics',
  update,
  updates: 9,
  samples: update,
  tokens: update,
  metrics: { loss: 1 / update },
  seconds: update,
});

/** A run of so many rows; finished if it has a gold reward. */
export const runOf = (key: string, rows: number, gold?: number): NodeRun => ({
  key,
  made: node(key),
  events: Array.from({ length: rows }, (_, i) => row(i + 1)),
  notices: [],
  source: 'live',
  seconds: rows,
  ...(gold === undefined ? {} : { result: { artifact: model(gold), summary: { gold } } }),
});

const model = (weight: number) => ({
  kind: 'model' as const,
  config: { vocabSize: 1, nPositions: 1, nEmbd: 1, nLayer: 1, nHead: 1 },
  weights: Float32Array.of(weight, 2, 3),
});

/** A checkpoint after so many rows, with one answer of its own. */
export const checkpoint = (rows: number): CheckpointEvent => ({
  type: 'checkpoint',
  rows,
  seconds: rows,
  digest: 100 + rows,
  backend: 'wasm',
  answers: [{ call: 'update', model: 0, value: { loss: rows, gradNorm: 1, metrics: {}, weights: false } }],
  models: [{ id: 0, changes: rows, weights: Float32Array.of(rows), optimizer: null }],
});
