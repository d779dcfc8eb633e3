import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { labFile, LAB_EXTENSION, type LabContents } from '../exchange/lab/file';
import { readBytes } from './folders';
import { readLabFile } from '../exchange/lab/file';
import { UsageError } from './usage';

/** The whole lab of a run, in its folder. */
export const RUN_FILE = `run${LAB_EXTENSION}`;

export const isLabFile = (path: string): boolean => path.endsWith(LAB_EXTENSION);

/** The file of a run folder that is read again. */
export const runFolder = (contents: LabContents): Record<typeof RUN_FILE, Uint8Array> => ({
  [RUN_FILE]: labFile(contents),
});

/** Reads a run folder, or the file of a lab. Rejects with a UsageError or MessageError that names what is wrong. */
export async function readRunFolder(path: string): Promise<LabContents> {
  const file = (await stat(path)).isDirectory() ? join(path, RUN_FILE) : path;
  const bytes = await readBytes(file).catch((error: unknown) => {
    if (file === path) throw error;
    throw new UsageError(`${file} cannot be read; is it the folder of lab run --out?`);
  });
  return readLabFile(bytes, file);
}
