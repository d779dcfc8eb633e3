import { bytesOf } from '../pipeline/lab/checkpoint';
import type { SharedRole } from '../pipeline/contract/artifacts';
import type { StageName } from '../pipeline/stages';
import { transact, type Database } from './database';
import { STORES, type Entry, type OwnKind, type OwnThing, type StoredRun } from './schema';

/** A run in a list: what is there of its results, without loading them. */
export interface ListedRun extends StoredRun {
  /** Entries of its nodes, by the nodes' ids; a node without any has not been trained here. */
  entries: Record<string, Entry>;
  /** Bytes that only this run needs. */
  bytes: number;
}

export interface Stored {
  /** The latest first. */
  runs: ListedRun[];
  /** Kinds of own things that there are. */
  own: ListedKind[];
  /** Of everything that is kept here, runs and own things. */
  bytes: number;
}

/** Own things of a kind, in a list. */
export interface ListedKind {
  kind: OwnKind;
  count: number;
  bytes: number;
  /** The latest change, milliseconds since 1970. */
  changed: number;
}

/** Kinds of own things, the latest first. */
export function listKinds(things: readonly OwnThing[]): ListedKind[] {
  const kinds = new Map<OwnKind, ListedKind>();
  for (const { kind, changed, value } of things) {
    const { count = 0, bytes = 0, changed: before = 0 } = kinds.get(kind) ?? {};
    const listed = { count: count + 1, bytes: bytes + bytesOf(value), changed: Math.max(before, changed) };
    kinds.set(kind, { kind, ...listed });
  }
  return [...kinds.values()].sort((a, b) => b.changed - a.changed);
}

/** Notes that a run was begun or went on. The same run keeps when it was first begun. */
export const saveRun = (db: Database, run: StoredRun): Promise<void> =>
  transact(db, async (tx) => {
    const runs = tx.objectStore('runs');
    const before = await runs.get(run.id);
    await runs.put({ ...run, begun: before?.begun ?? run.begun });
  });

/** What is stored, without loading results. */
export async function listRuns(db: Database): Promise<Stored> {
  const tx = db.transaction(['runs', 'entries', 'own']);
  const [runs, all, things] = await Promise.all([
    tx.objectStore('runs').index('changed').getAll(),
    tx.objectStore('entries').getAll(),
    tx.objectStore('own').getAll(),
  ]);
  const byKey = new Map(all.map((entry) => [entry.key, entry]));
  const users = new Map<string, number>();
  for (const { keys } of runs)
    for (const key of new Set(Object.values(keys))) users.set(key, (users.get(key) ?? 0) + 1);
  const listed = runs.toReversed().map((run): ListedRun => {
    const found = Object.entries(run.keys).flatMap(([id, key]) => {
      const entry = byKey.get(key);
      return entry ? [[id, entry] as const] : [];
    });
    const own = new Map(
      found.flatMap(([, entry]) => (users.get(entry.key) === 1 ? [[entry.key, entry.bytes]] : [])),
    );
    const bytes = [...own.values()].reduce((sum, size) => sum + size, 0);
    return { ...run, entries: Object.fromEntries(found), bytes };
  });
  const own = listKinds(things);
  return { runs: listed, own, bytes: [...all, ...own].reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** Stages that no run names: what several arms are given, and can make again. */
const SHARED: readonly StageName[] = ['samples', 'scores', 'baseline'] satisfies SharedRole[];
export const isShared = (stage: StageName): boolean => SHARED.includes(stage);
/** What is there of these keys. */
export async function entriesOf(db: Database, keys: readonly string[]): Promise<Entry[]> {
  const store = db.transaction('entries').objectStore('entries');
  const found = await Promise.all([...new Set(keys)].map((key) => store.get(key)));
  return found.filter((entry) => entry !== undefined);
}

/** Deletes a run and those of its results and checkpoints that no other run is made of, nor are `needed`. */
export const deleteRun = (db: Database, id: string, needed: readonly string[] = []): Promise<void> =>
  transact(db, async (tx) => {
    const runs = tx.objectStore('runs');
    const run = await runs.get(id);
    if (!run) return;
    await runs.delete(id);
    const others = await runs.getAll();
    const kept = new Set([...needed, ...others.flatMap(({ keys }) => Object.values(keys))]);
    const entries = await tx.objectStore('entries').getAll();
    const own = new Set(Object.values(run.keys));
    for (const { key, given = [] } of entries)
      if (!own.has(key) || kept.has(key)) for (const part of given) kept.add(part);
    const shared = entries.filter(({ stage }) => isShared(stage)).map(({ key }) => key);
    for (const key of [...own, ...shared]) {
      if (kept.has(key)) continue;
      for (const store of ['entries', 'results', 'heads'] as const) await tx.objectStore(store).delete(key);
      await tx.objectStore('parts').delete(IDBKeyRange.bound([key, 0], [key, Infinity]));
    }
  });

/** Deletes everything, own things included. */
export const deleteAll = (db: Database): Promise<void> =>
  transact(db, async (tx) => {
    for (const store of STORES) await tx.objectStore(store).clear();
  });
