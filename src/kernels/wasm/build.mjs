/**
 * Compiles the AssemblyScript kernels four times: kernels.wasm (SIMD), kernels-relaxed.wasm (SIMD with fused
 * multiply-add), and both again for threads on one shared, imported memory.
 * Usage: node src/kernels/wasm/build.mjs [output folder]
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import process from 'node:process';
import asc from 'assemblyscript/asc';

const here = dirname(fileURLToPath(import.meta.url));

/** In pages of 64 kB; the same as MEMORY_PAGES in threads.ts. */
const SHARED = { initial: 16, maximum: 16384 };

/** Name → bytes of all builds. */
export async function compileKernels() {
  const outputs = {};
  for (const threads of [false, true])
    for (const relaxed of [0, 1]) {
      const name = `kernels${relaxed ? '-relaxed' : ''}${threads ? '-threads' : ''}.wasm`;
      const shared = ['--enable', 'threads', '--importMemory', '--sharedMemory', '--noExportMemory'];
      const { error, stderr } = await asc.main(
        [
          join(here, 'assembly/index.ts'),
          ...['--outFile', name, '--runtime', 'stub', '-O3', '--noAssert', '--use', 'abort='],
          ...['--enable', 'simd', '--enable', 'bulk-memory', '--initialMemory', `${SHARED.initial}`],
          ...(relaxed ? ['--enable', 'relaxed-simd'] : []),
          ...(threads ? [...shared, '--maximumMemory', `${SHARED.maximum}`] : []),
          ...['--use', `RELAXED=${relaxed}`],
        ],
        { writeFile: (file, contents) => (outputs[file] = contents) },
      );
      if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
    }
  return outputs;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const folder = process.argv[2] ?? here;
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of Object.entries(await compileKernels())) {
    writeFileSync(join(folder, `${name}.new`), bytes);
    renameSync(join(folder, `${name}.new`), join(folder, name)); // whoever reads it now sees the old or the new
    process.stdout.write(`${name}: ${bytes.length} bytes\n`);
  }
}
