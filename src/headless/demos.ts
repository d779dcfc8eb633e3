import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { message } from '../messages';
import { UsageError } from './usage';
import { InputError, parseDemo, type Demo } from '../pipeline/records/demo';

/** Where the demos are kept. */
export const DEMOS = fileURLToPath(new URL('../../demos/', import.meta.url));

/** Names of all demos, sorted. Throws an InputError where there is no such folder. */
export async function demoNames(folder = DEMOS): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: Error) => {
    throw new UsageError(`the demos cannot be read: ${error.message}`);
  });
  return entries
    .filter((e) => e.isDirectory())
    .map((e) => e.name)
    .sort();
}

/** One demo by name. Throws an InputError that names an unknown demo or what is wrong with it. */
export async function loadDemo(name: string, folder = DEMOS): Promise<Demo> {
  const names = await demoNames(folder);
  if (!names.includes(name)) throw new InputError(message('demo.unknown', { demo: name, known: names }));
  const text = await readFile(join(folder, name, 'demo.json'), 'utf8').catch(() => {
    throw new InputError(message('demo.unreadable', { demo: name }));
  });
  return parseDemo(name, text);
}
