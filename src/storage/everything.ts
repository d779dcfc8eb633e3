import type { NodeRun } from '../pipeline/lab/node-run';
import type { StageName } from '../pipeline/stages';
import { transact, type Database } from './database';
import { saveResult } from './records';
import { isShared, saveRun } from './runs';
import type { OwnThing, StoredRun } from './schema';

/**
 * All that is finished, for a file that takes it elsewhere. Checkpoints of unfinished stages stay where they are, and so
 * does what arms share.
 */
export interface Everything {
  runs: StoredRun[];
  results: { stage: StageName; run: NodeRun }[];
  own: OwnThing[];
}

export async function everything(db: Database): Promise<Everything> {
  const tx = db.transaction(['runs', 'entries', 'results', 'own']);
  const [runs, entries, results, own] = await Promise.all([
    tx.objectStore('runs').getAll(),
    tx.objectStore('entries').getAll(),
    tx.objectStore('results').getAll(),
    tx.objectStore('own').getAll(),
  ]);
  const stages = new Map(entries.map(({ key, stage }) => [key, stage]));
  const ofRuns = results.filter(({ key }) => !isShared(stages.get(key)!));
  return { runs, results: ofRuns.map((run) => ({ stage: stages.get(run.key)!, run })), own };
}

/**
 * Takes in what another browser had. What is here stays: results of one key are equal; of runs and own things the newer
 * one counts. One piece after the other: where there is no room for all of it, what is in stays in.
 */
export async function takeIn(db: Database, { runs, results, own }: Everything): Promise<void> {
  for (const { run, stage } of results)
    if ((await db.getKey('results', run.key)) === undefined) await saveResult(db, run, stage);
  for (const run of runs) {
    const here = await db.get('runs', run.id);
    if (!here || here.changed < run.changed) await saveRun(db, run);
  }
  await transact(db, async (tx) => {
    const store = tx.objectStore('own');
    for (const thing of own) {
      const here = await store.get([thing.kind, thing.id]);
      if (!here || here.changed < thing.changed) await store.put(thing);
    }
  });
}
