import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { format } from 'prettier';
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
  const prettier = JSON.parse(readFileSync(new URL('../../.prettierrc.json', HERE), 'utf8')) as object;
  const known: Saved = flags.fresh || flags.quick ? { sections: [] } : before();
  const saved = { ...fresh.reduce(merge, known), ...more };
  const markdown = await format(report(saved), { ...prettier, parser: 'markdown' });
  if (flags.quick || flags.out === 'none') {
    console.log(markdown);
    return;
  }
  const out = flags.out ? pathToFileURL(`${resolve(flags.out)}/`) : HERE;
  const json = await format(JSON.stringify(saved), { ...prettier, parser: 'json' });
  await writeFile(new URL('results.json', out), json);
  await writeFile(new URL('RESULTS.md', out), markdown);
  await writeFile(new URL('growth.svg', out), growthPicture(saved));
  console.log(`Written: ${out.pathname}RESULTS.md, results.json, growth.svg`);
}
