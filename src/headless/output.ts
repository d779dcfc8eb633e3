import { randomUUID } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { RunOutput } from './run';
import { RUN_FILE, runFolder } from './run-folder';
import { tryWriting, writeSynced } from './stored-files';
import { UsageError } from './usage';

/** What a run leaves in its folder. */
export const OUTPUT_FILES = [
  'summary.json',
  'metrics.csv',
  'history.json',
  'recording.json',
  RUN_FILE,
] as const;

/** Makes sure, before anything is computed, that a run can be written there. Throws a UsageError. */
export async function tryOutput(folder: string): Promise<void> {
  if (existsSync(folder) && !statSync(folder).isDirectory())
    throw new UsageError(`--out ${folder}: is a file, not a folder`);
  refuseToOverwrite(folder);
  await tryWriting(existsSync(folder) ? join(folder, OUTPUT_FILES[0]) : resolve(folder));
}

function refuseToOverwrite(folder: string, names: readonly string[] = OUTPUT_FILES): void {
  for (const name of names)
    if (existsSync(join(folder, name)))
      throw new UsageError(`${join(folder, name)} is already there; nothing was overwritten`);
}

/** Writes the files of a run into a folder: all of them or none; refuses to overwrite any. */
export const writeOutput = (
  folder: string,
  { summary, metrics, history, recording, contents }: RunOutput,
): Promise<void> =>
  writeFolder(folder, {
    'summary.json': JSON.stringify(summary, null, 2) + '\n',
    'metrics.csv': metrics,
    'history.json': JSON.stringify(history) + '\n',
    'recording.json': JSON.stringify(recording) + '\n',
    ...runFolder(contents),
  } satisfies Record<(typeof OUTPUT_FILES)[number], string | Uint8Array>);

/**
 * Writes files by name into a folder. They are drafted aside first, beside a folder that is to be made and within one
 * that is there, so that a disk which fills up leaves nothing that stands in the way of another try.
 */
export async function writeFolder(
  path: string,
  texts: Readonly<Record<string, string | Uint8Array>>,
): Promise<void> {
  const folder = resolve(path);
  const isThere = existsSync(folder);
  const draft = isThere ? join(folder, `.draft-${randomUUID()}`) : `${folder}.draft-${randomUUID()}`;
  try {
    await mkdir(dirname(draft), { recursive: true });
    await mkdir(draft);
    for (const [name, text] of Object.entries(texts)) await writeSynced(join(draft, name), text);
    if (isThere) await moveAll(draft, folder, Object.keys(texts));
    else await rename(draft, folder);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`nothing was written to ${path}: ${(error as Error).message}`);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function moveAll(from: string, to: string, names: readonly string[]): Promise<void> {
  refuseToOverwrite(to, names);
  const moved: string[] = [];
  try {
    for (const name of names) {
      await rename(join(from, name), join(to, name));
      moved.push(name);
    }
  } catch (error) {
    for (const name of moved) await rm(join(to, name), { force: true });
    throw error;
  }
}
