import { readdir, readFile } from 'node:fs/promises';
import { message } from '../messages';
import { InputError, parseDemo, type Demo } from '../pipeline/records/demo';

const FOLDER = new URL('../../demos/', import.meta.url);

/** Names of all demos, sorted. */
export async function demoNames(): Promise<string[]> {
  const entries = await readdir(FOLDER, { withFileTypes: true });
  return entries
    .filter((e) => e.isDirectory())
    .map((e) => e.name)
    .sort();
}

/** One demo by name. Throws an InputError that names an unknown demo or what is wrong with it. */
export async function loadDemo(name: string): Promise<Demo> {
  const names = await demoNames();
  if (!names.includes(name)) throw new InputError(message('demo.unknown', { demo: name, known: names }));
  const text = await readFile(new URL(`${name}/demo.json`, FOLDER), 'utf8').catch(() => {
    throw new InputError(message('demo.unreadable', { demo: name }));
  });
  return parseDemo(name, text);
}
