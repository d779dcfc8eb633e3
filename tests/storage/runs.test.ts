import { beforeEach, describe, expect, it } from 'vitest';
import { defaultLabConfig } from '../../src/pipeline/lab/config';
import { openDatabase, type Database } from '../../src/storage/database';
import { everything, takeIn } from '../../src/storage/everything';
import { loadRun, saveCheckpoint, saveResult } from '../../src/storage/records';
import { ownThings, saveOwn } from '../../src/storage/own';
import { deleteAll, deleteRun, entriesOf, listRuns, saveRun } from '../../src/storage/runs';
import type { StoredRun } from '../../src/storage/schema';
import { checkpoint, freshStore, runOf } from './support';

let db: Database;
beforeEach(async () => {
  freshStore();
  db = await openDatabase();
});

const stored = (id: string, changed: number, keys: Record<string, string>): StoredRun => ({
  id,
  config: defaultLabConfig(),
  demo: null,
  begun: changed,
  changed,
  keys,
});

/** Two runs on one SFT; the second one stopped in DPO. */
async function twoRuns(): Promise<void> {
  await saveRun(db, stored('one', 1, { sft: 's', ppo: 'p' }));
  await saveRun(db, stored('two', 2, { sft: 's', dpo: 'd' }));
  await saveResult(db, runOf('s', 3, 0.1), 'sft');
  await saveResult(db, runOf('p', 3, 0.4), 'ppo');
  const { type: _, answers, ...at } = checkpoint(2);
  const { events, ...run } = runOf('d', 2);
  const head = { ...at, key: 'd', writer: 'me', run };
  const entry = { key: 'd', stage: 'dpo' as const, rows: 2, update: 2, updates: 9 };
  await saveCheckpoint(db, { head, answers, events, parts: 0, entry });
}

describe('entries', () => {
  it('are found by their keys, each once, without loading results', async () => {
    await twoRuns();
    const found = await entriesOf(db, ['s', 'nothing', 'd', 's']);
    expect(found.map(({ key, kind }) => [key, kind])).toEqual([
      ['s', 'result'],
      ['d', 'checkpoint'],
    ]);
    expect(found[0]!.summary).toBeDefined();
  });
});

describe('the list of runs', () => {
  it('has the latest first, what is there of each, and what each of them alone needs', async () => {
    await twoRuns();
    const { runs, bytes } = await listRuns(db);
    expect(runs.map(({ id }) => id)).toEqual(['two', 'one']);
    expect(runs[0]!.entries).toMatchObject({
      sft: { kind: 'result', stage: 'sft', summary: { gold: 0.1 } },
      dpo: { kind: 'checkpoint', update: 2, updates: 9 },
    });
    const of = (id: string, node: string) => runs.find((run) => run.id === id)!.entries[node]!.bytes;
    expect(runs[1]!.bytes).toBe(of('one', 'ppo'));
    expect(bytes).toBe(of('one', 'sft') + of('one', 'ppo') + of('two', 'dpo'));
  });

  it('counts own things by kind, the latest first', async () => {
    await saveOwn(db, { kind: 'labels', id: 'a', changed: 1, value: 'four' });
    await saveOwn(db, { kind: 'labels', id: 'b', changed: 3, value: 'four' });
    await saveOwn(db, { kind: 'reward', id: 'a', changed: 2, value: 'a word' });
    const { own, bytes } = await listRuns(db);
    expect(own).toEqual([
      { kind: 'labels', count: 2, bytes: 8, changed: 3 },
      { kind: 'reward', count: 1, bytes: 6, changed: 2 },
    ]);
    expect(bytes).toBe(14);
  });

  it('keeps when a run was first begun', async () => {
    await saveRun(db, stored('one', 1, {}));
    await saveRun(db, stored('one', 5, {}));
    expect((await listRuns(db)).runs).toMatchObject([{ begun: 1, changed: 5 }]);
  });
});

describe('deleting', () => {
  it('a run leaves what others are made of, and what is needed', async () => {
    await twoRuns();
    await deleteRun(db, 'one');
    expect(await loadRun(db, 'p')).toBeUndefined();
    expect(await loadRun(db, 's')).toBeDefined();
    await deleteRun(db, 'two', ['s']);
    expect(await loadRun(db, 'd')).toBeUndefined();
    expect(await db.count('parts')).toBe(0);
    expect(await loadRun(db, 's')).toBeDefined();
  });

  it('a run takes along what arms shared, unless a checkpoint that stays was given it', async () => {
    await twoRuns();
    await saveResult(db, runOf('given', 1, 0), 'baseline');
    await saveResult(db, runOf('other', 1, 0), 'samples');
    const entry = (await db.get('entries', 'd'))!;
    await db.put('entries', { ...entry, given: ['given'] });
    await deleteRun(db, 'one');
    expect(await loadRun(db, 'given')).toBeDefined();
    expect(await loadRun(db, 'other')).toBeUndefined();
    await deleteRun(db, 'two');
    expect(await loadRun(db, 'given')).toBeUndefined();
    expect(await db.count('entries')).toBe(0);
  });

  it('all leaves nothing', async () => {
    await twoRuns();
    await saveOwn(db, { kind: 'labels', id: '1', changed: 1, value: 1 });
    await deleteAll(db);
    for (const store of db.objectStoreNames) expect(await db.count(store)).toBe(0);
  });
});

it('everything goes to another browser and back; what is there already stays', async () => {
  await twoRuns();
  await saveOwn(db, { kind: 'labels', id: 'a', changed: 1, value: 'old' });
  await saveResult(db, runOf('shared', 1, 0), 'baseline'); // can be made again
  const all = await everything(db);
  expect(all.results.map(({ stage, run }) => [stage, run.key]).sort()).toEqual([
    ['ppo', 'p'],
    ['sft', 's'],
  ]);
  freshStore();
  db = await openDatabase();
  await saveRun(db, stored('two', 9, {})); // went on here
  await takeIn(db, structuredClone(all));
  const [one, two] = all.runs;
  expect(await everything(db)).toEqual({ ...all, runs: [one, { ...two!, begun: 9, changed: 9, keys: {} }] });
  await saveOwn(db, { kind: 'labels', id: 'a', changed: 2, value: 'new' });
  await takeIn(db, structuredClone({ ...all, own: [{ ...all.own[0]!, changed: 0 }] }));
  expect((await ownThings(db, 'labels'))[0]!.value).toBe('new');
});
