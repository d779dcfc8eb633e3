import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const HERE = fileURLToPath(new URL('.', import.meta.url));

/** This commit's own tree. */
export const OWN_TREE = resolve(HERE, '../..');

/**
 * Builds the page with our engine alone, of this commit or of another one whose tree (with its node_modules) lies in
 * `tree`; by default into a temporary folder. `commit` is noted beside it.
 */
export async function buildOurs(tree: string, commit: string, folder?: string): Promise<string> {
  const outDir = folder ? resolve(folder) : await mkdtemp(join(tmpdir(), 'alignlet-ours-'));
  await build({
    configFile: false,
    root: join(HERE, 'ours-page'),
    base: './',
    logLevel: 'error',
    publicDir: false,
    resolve: { alias: { '@commit': join(tree, 'src') } },
    assetsInclude: ['**/*.safetensors'],
    build: { outDir, emptyOutDir: true, target: 'esnext', chunkSizeWarningLimit: 100_000 },
    worker: { format: 'es' },
  });
  await writeFile(join(outDir, 'commit.txt'), commit);
  return outDir;
}
