import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { MOST_IN_ALL, type Files } from '../exchange/files';
import { unzipped, zipped } from '../exchange/zip';
import { message, MessageError } from '../messages';
import { writeSynced } from './stored-files';
import { UsageError } from './usage';

const isZip = (path: string): boolean => path.endsWith('.zip');

/** Makes sure that nothing is there. Throws a UsageError. */
export function refuseExisting(path: string): void {
  if (existsSync(path)) throw new UsageError(`${path} is already there; nothing was overwritten`);
}

/** Writes files into a new folder, or into a zip where the name ends so: all or none. Throws a UsageError. */
export async function writeTree(path: string, files: Files): Promise<void> {
  refuseExisting(path);
  const target = resolve(path);
  const draft = `${target}.draft-${randomUUID()}`;
  try {
    await mkdir(dirname(draft), { recursive: true });
    if (isZip(path)) await writeSynced(draft, zipped(files));
    else
      for (const [name, bytes] of files) {
        await mkdir(dirname(join(draft, name)), { recursive: true });
        await writeSynced(join(draft, name), bytes);
      }
    await rename(draft, target);
  } catch (error) {
    throw new UsageError(`nothing was written to ${path}: ${(error as Error).message}`);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** The files of a folder or a zip. Rejects with a UsageError, or a MessageError where there is too much of it. */
export async function readTree(path: string): Promise<Files> {
  try {
    if ((await stat(path)).isDirectory()) return await readAll(path);
    return unzipped(await readBytes(path), path);
  } catch (error) {
    if (error instanceof MessageError || error instanceof UsageError) throw error;
    throw new UsageError(`${path} cannot be read: ${(error as Error).message}`);
  }
}

/** A file's bytes. Rejects with a UsageError, or a MessageError where there are too many. */
export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    if ((await stat(path)).size > MOST_IN_ALL.bytes) throw tooMuch('bytes');
    return new Uint8Array(await readFile(path));
  } catch (error) {
    if (error instanceof MessageError) throw error;
    throw new UsageError(`${path} cannot be read: ${(error as Error).message}`);
  }
}

async function readAll(folder: string): Promise<Files> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  if (paths.length > MOST_IN_ALL.files) throw tooMuch('files');
  const files = new Map<string, Uint8Array>();
  let bytes = 0;
  for (const path of paths) {
    if ((bytes += (await stat(path)).size) > MOST_IN_ALL.bytes) throw tooMuch('bytes');
    files.set(relative(folder, path).split(sep).join('/'), new Uint8Array(await readFile(path)));
  }
  return files;
}

const tooMuch = (what: 'files' | 'bytes') =>
  new MessageError(message('exchange.tooMuch', { what, most: MOST_IN_ALL[what] }));
