/**
 * Compiles the AssemblyScript kernels to kernels.wasm (SIMD) and kernels-relaxed.wasm (SIMD with fused
 * multiply-add). Usage: node src/kernels/wasm/build.mjs [output folder]
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import process from 'node:process';
import asc from 'assemblyscript/asc';

const here = dirname(fileURLToPath(import.meta.url));

/** Name → bytes of both builds. */
export async function compileKernels() {
  const outputs = {};
  for (const relaxed of [0, 1]) {
    const name = relaxed ? 'kernels-relaxed.wasm' : 'kernels.wasm';
    const { error, stderr } = await asc.main(
      [
        join(here, 'assembly/index.ts'),
        ...['--outFile', name, '--runtime', 'stub', '-O3', '--noAssert', '--use', 'abort='],
        ...['--enable', 'simd', '--enable', 'bulk-memory', '--initialMemory', '16'],
        ...(relaxed ? ['--enable', 'relaxed-simd'] : []),
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
    writeFileSync(join(folder, name), bytes);
    process.stdout.write(`${name}: ${bytes.length} bytes\n`);
  }
}
