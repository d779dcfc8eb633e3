import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
// @ts-expect-error a build script without types
import { compileKernels } from '../../../src/kernels/wasm/build.mjs';

it('the committed WASM binaries are those that the sources compile to', async () => {
  const built = (await compileKernels()) as Record<string, Uint8Array>;
  expect(Object.keys(built).sort()).toEqual([
    'kernels-relaxed-threads.wasm',
    'kernels-relaxed.wasm',
    'kernels-threads.wasm',
    'kernels.wasm',
  ]);
  for (const [name, bytes] of Object.entries(built)) {
    const committed = readFileSync(new URL(`../../../src/kernels/wasm/${name}`, import.meta.url));
    if (!committed.equals(bytes))
      throw new Error(`${name} is stale: run "node src/kernels/wasm/build.mjs" and commit the result`);
  }
});
