import { bytesOf, compact, type Checkpoint } from '../pipeline/lab/checkpoint';
import type { NodeRun } from '../pipeline/lab/node-run';
import type { TimedEvent } from '../pipeline/lab/runner';
import type { StageName } from '../pipeline/stages';
import { transact, type Database } from './database';
import type { Entry, Head, Part } from './schema';

/** Parts of a checkpoint: every one of the key, whoever wrote them. */
const partsOf = (key: string) => IDBKeyRange.bound([key, 0], [key, Infinity]);

/** A run as it was kept. */
export async function loadRun(db: Database, key: string): Promise<NodeRun | undefined> {
  const tx = db.transaction(['results', 'heads', 'parts']);
  const [result, head] = await Promise.all([
    tx.objectStore('results').get(key),
    tx.objectStore('heads').get(key),
  ]);
  if (result || !head) return result;
  const parts = await tx.objectStore('parts').getAll(partsOf(key));
  return { ...head.run, events: parts.flatMap(({ events }) => events), interrupted: true };
}

/** Where a run goes on from, and whose parts it is made of. */
export interface Found {
  checkpoint: Checkpoint;
  writer: string;
  parts: number;
}

export async function loadCheckpoint(db: Database, key: string): Promise<Found | undefined> {
  const tx = db.transaction(['heads', 'parts']);
  const head = await tx.objectStore('heads').get(key);
  if (!head) return undefined;
  const found = await tx.objectStore('parts').getAll(partsOf(key));
  const { run: _, key: __, writer, parts, ...at } = head;
  if (found.length !== parts) return undefined;
  const answers = compact(found.flatMap((part) => part.answers));
  return { checkpoint: { ...at, answers }, writer, parts };
}

/** What a checkpoint adds to what is there. */
export interface Addition {
  head: Omit<Head, 'parts'>;
  answers: Part['answers'];
  events: TimedEvent[];
  /** Parts that are there already, of this writer; 0: whatever is there is replaced. */
  parts: number;
  entry: Omit<Entry, 'kind' | 'bytes' | 'at'>;
}

/**
 * Adds to a checkpoint, or begins one. Where there is a result already nothing is written: that says more. False where
 * another writer has taken over: nothing is written then, either.
 */
export const saveCheckpoint = (db: Database, addition: Addition): Promise<boolean> =>
  transact(db, async (tx) => {
    const { head, answers, events, parts, entry } = addition;
    const { key, writer } = head;
    if ((await tx.objectStore('results').getKey(key)) !== undefined) return true;
    const [heads, store, entries] = [
      tx.objectStore('heads'),
      tx.objectStore('parts'),
      tx.objectStore('entries'),
    ];
    const before = await heads.get(key);
    if (parts > 0 && (before?.writer !== writer || before.parts !== parts)) return false;
    if (parts === 0) await store.delete(partsOf(key));
    const earlier = parts > 0 ? ((await entries.get(key))?.bytes ?? 0) - bytesOf(before!.models) : 0;
    const bytes = earlier + bytesOf(head.models) + bytesOf(answers) + bytesOf(events);
    await store.put({ key, seq: parts, writer, answers, events });
    await heads.put({ ...head, parts: parts + 1 });
    await entries.put({ ...entry, kind: 'checkpoint', bytes, at: Date.now() });
    return true;
  });

/** Keeps a result, in place of its checkpoint. */
export const saveResult = (db: Database, run: NodeRun, stage: StageName): Promise<void> =>
  transact(db, async (tx) => {
    const { key, result } = run;
    const entry: Entry = {
      key,
      kind: 'result',
      stage,
      bytes: bytesOf(run),
      at: Date.now(),
      summary: result!.summary,
    };
    await tx.objectStore('results').put(run);
    await tx.objectStore('heads').delete(key);
    await tx.objectStore('parts').delete(partsOf(key));
    await tx.objectStore('entries').put(entry);
  });
