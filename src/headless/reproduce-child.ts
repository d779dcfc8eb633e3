import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createEngine } from '../engine/create';
import { InputError } from '../pipeline/records/demo';
import { endWithParent } from './children';
import { loadDemo } from './demos';
import { existing, reproduceOne } from './reproduce-one';

/** One (demo, seed) of `reproduce` in a process of its own: leaves `run.json` and `recording.json` in `out`. */
async function main(folder: string, name: string, seed: number, out: string): Promise<void> {
  const demo = await loadDemo(name, folder);
  const { engine } = await createEngine('wasm');
  try {
    const before = await existing(folder, demo, seed, () => undefined); // the parent has complained
    const { run, recording } = await reproduceOne(demo, seed, before, engine);
    await writeFile(join(out, 'run.json'), JSON.stringify(run) + '\n');
    await writeFile(join(out, 'recording.json'), JSON.stringify(recording) + '\n');
  } finally {
    engine.dispose();
  }
}

const [folder = '', name = '', seed = '', out = ''] = process.argv.slice(2);
const letGo = endWithParent(out);
await main(folder, name, Number(seed), out).catch((error: unknown) => {
  console.error(error instanceof InputError ? error.message : error);
  process.exitCode = 1;
});
letGo();
