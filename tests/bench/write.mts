import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { format } from 'prettier';
import { withResult, type PartResult } from './against/results.mjs';
import type { Flags } from './cli.mjs';
import { growthPicture } from './picture.mjs';
import { report } from './report.mjs';
import { merge, type Raw, type Saved } from './saved.mjs';

const HERE = new URL('.', import.meta.url);

function before(): Saved {
  try {
    return JSON.parse(readFileSync(new URL('results.json', HERE), 'utf8')) as Saved;
  } catch {
    return { sections: [] };
  }
}

/** Takes new measurements into the results and writes them in words, numbers and a picture. */
export async function save(
  fresh: readonly Raw[],
  flags: Flags,
  more: Omit<Saved, 'sections'> = {},
): Promise<void> {
  const known: Saved = flags.fresh || flags.quick ? { sections: [] } : before();
  const saved = { ...fresh.reduce(merge, known), ...more };
  if (flags.quick || flags.out === 'none') console.log(await inWords(saved));
  else await write(saved, flags.out);
}

/** Takes what was measured against an earlier commit into the results. */
export async function writeAgainst(fresh: PartResult, out?: string): Promise<void> {
  const known = before();
  await write({ ...known, against: withResult(known.against ?? [], fresh) }, out);
}

const style = () =>
  JSON.parse(readFileSync(new URL('../../.prettierrc.json', HERE), 'utf8')) as Record<string, unknown>;

const inWords = (saved: Saved): Promise<string> => format(report(saved), { ...style(), parser: 'markdown' });

async function write(saved: Saved, folder?: string): Promise<void> {
  const out = folder ? pathToFileURL(`${resolve(folder)}/`) : HERE;
  await mkdir(out, { recursive: true });
  const json = await format(JSON.stringify(saved), { ...style(), parser: 'json' });
  await writeFile(new URL('results.json', out), json);
  await writeFile(new URL('RESULTS.md', out), await inWords(saved));
  await writeFile(new URL('growth.svg', out), growthPicture(saved));
  console.log(`Written: ${out.pathname}RESULTS.md, results.json, growth.svg`);
}
