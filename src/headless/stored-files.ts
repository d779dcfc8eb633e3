import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checkedShape } from '../messages/shape';
import { recordingSchema, type Recording, type StoredRun } from '../pipeline/records/recording';
import { checkedRun } from '../pipeline/records/stored-run';
import { UsageError } from './usage';

/*
 * Where runs of `npm run reproduce` lie: `results/seed-<n>.json` and, of seed 1, `recording.json` in the demo's
 * folder. `folder` is that of all demos.
 */

/** The seed whose run can be played again. */
export const RECORDED_SEED = 1;

export const runFile = (folder: string, demo: string, seed: number): string =>
  join(folder, demo, 'results', `seed-${seed}.json`);

/** Who is making it; beside it, as creating it there shows what others have written to a network folder. */
export const claimFile = (folder: string, demo: string, seed: number): string =>
  join(folder, demo, 'results', `seed-${seed}.claim`);

export const recordingFile = (folder: string, demo: string): string => join(folder, demo, 'recording.json');

/** Told what is wrong with a file that is there but of no use. */
type Complain = (problem: string) => void;

async function read<T>(
  file: string,
  check: (json: unknown) => T,
  complain: Complain,
): Promise<T | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['ENOENT', 'ENOTDIR'].includes(code)) complain(`${file}: ${(error as Error).message}`);
    return undefined;
  }
  try {
    return check(JSON.parse(text));
  } catch (error) {
    complain(`${file}: ${(error as Error).message}`);
    return undefined;
  }
}

/** The stored run, by whatever version it was made; a broken file counts as none and is complained about. */
export const readRun = (folder: string, demo: string, seed: number, complain: Complain) =>
  read(runFile(folder, demo, seed), (json) => runOf(json, demo, seed), complain);

function runOf(json: unknown, demo: string, seed: number): StoredRun {
  const run = checkedRun(json);
  const { summary } = run;
  if (summary.demo !== demo || summary.seed !== seed)
    throw new UsageError(`holds ${summary.demo}, seed ${summary.seed}`);
  return run;
}

/** The recording, likewise. */
export const readRecording = (folder: string, demo: string, complain: Complain) =>
  read(recordingFile(folder, demo), recordingOf, complain);

const recordingOf = (json: unknown): Recording => checkedShape(recordingSchema, json);

/** All stored runs of a demo, by seed. */
export async function readRuns(folder: string, demo: string, complain: Complain): Promise<StoredRun[]> {
  const files = await readdir(join(folder, demo, 'results')).catch(() => []);
  const seeds = files.flatMap((file) => /^seed-(\d+)\.json$/.exec(file)?.[1] ?? []).map(Number);
  seeds.sort((a, b) => a - b);
  const runs = await Promise.all(seeds.map((seed) => readRun(folder, demo, seed, complain)));
  return runs.filter((run) => run !== undefined);
}

/** Writes a new file, down to the disk: that of a network folder may only then say that it is full. */
export async function writeSynced(file: string, text: string | Uint8Array): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A name that no other process uses; git ignores it. */
const draftOf = (file: string): string => `${file}.${randomUUID()}.draft`;

/** Writes a file in one go: a run that is stopped here, or a disk that is full, leaves no half file. Throws a UsageError. */
export async function writeWhole(file: string, text: string): Promise<void> {
  const draft = draftOf(file);
  try {
    await writeSynced(draft, text);
    await rename(draft, file);
  } catch (error) {
    throw new UsageError(`${file} was not written: ${(error as Error).message}`);
  } finally {
    await rm(draft, { force: true });
  }
}

/** More than any result takes, bytes. */
const ROOM = 2 ** 20;

/** Makes sure that a file can be written before hours are spent on what shall be in it. Throws a UsageError. */
export async function tryWriting(file: string): Promise<void> {
  const draft = draftOf(file);
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeSynced(draft, new Uint8Array(ROOM));
  } catch (error) {
    throw new UsageError(`nothing can be written to ${dirname(file)}: ${(error as Error).message}`);
  } finally {
    await rm(draft, { force: true }).catch(() => undefined);
  }
}
