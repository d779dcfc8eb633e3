import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format } from 'prettier';
import type { Saved as Bench } from '../bench/saved.mjs';
import { report } from './report.mjs';
import type { Saved } from './saved.mjs';

const HERE = new URL('.', import.meta.url);

function read<T>(file: URL, otherwise: T): T {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch {
    return otherwise;
  }
}

/** What earlier runs found. */
export const before = (): Saved => read<Saved>(new URL('results.json', HERE), { outcomes: [] });

const style = read<Record<string, unknown>>(new URL('../../.prettierrc.json', HERE), {});

/** The report of what was found, beside what the benchmark has measured. */
export const inWords = (saved: Saved): Promise<string> =>
  format(report(saved, read<Bench>(new URL('../bench/results.json', HERE), { sections: [] })), {
    ...style,
    parser: 'markdown',
  });

/** Writes what was found in words and in numbers. `folder`: '' for the folder of this file. */
export async function write(saved: Saved, folder: string): Promise<void> {
  const out = folder ? pathToFileURL(`${resolve(folder)}/`) : HERE;
  await mkdir(out, { recursive: true });
  const json = await format(JSON.stringify(saved), { ...style, parser: 'json' });
  await writeFile(new URL('results.json', out), json);
  await writeFile(new URL('RESULTS.md', out), await inWords(saved));
  console.log(`Written: ${out.pathname}RESULTS.md, results.json`);
}
