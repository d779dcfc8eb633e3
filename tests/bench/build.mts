import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'vite';

const HERE = fileURLToPath(new URL('.', import.meta.url));

/** Installs the libraries to compare with, from this folder's own manifest, if they are missing. */
export function installPeers(): void {
  if (existsSync(join(HERE, 'node_modules', '@jax-js', 'jax'))) return;
  console.log('Installing the libraries to compare with (tests/bench/package-lock.json) …');
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
  const { status } = spawnSync('npm', args, {
    cwd: HERE,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0)
    throw new Error('the libraries to compare with could not be installed (npm ci in tests/bench)');
}

/** gpt-tfjs assigns to a constant in a branch that never runs; bundlers refuse that. */
const gptTfjsConstant: Plugin = {
  name: 'gpt-tfjs-constant',
  transform: (code, id) =>
    id.includes('gpt-tfjs/src/model.js') ? code.replace('const posEmb =', 'let posEmb =') : null,
};

/** Builds the benchmark page, by default into a temporary folder, and notes the commit beside it. */
export async function buildPage(folder?: string): Promise<string> {
  const outDir = folder ? resolve(folder) : await mkdtemp(join(tmpdir(), 'alignlet-bench-'));
  await build({
    configFile: false,
    root: join(HERE, 'page'),
    base: './',
    logLevel: 'error',
    publicDir: false,
    assetsInclude: ['**/*.safetensors'],
    build: { outDir, emptyOutDir: true, target: 'esnext', chunkSizeWarningLimit: 100_000 },
    worker: { format: 'es', plugins: () => [gptTfjsConstant] },
  });
  await writeFile(join(outDir, 'commit.txt'), commit());
  return outDir;
}

export function commit(): string {
  const { stdout } = spawnSync('git', ['describe', '--always', '--dirty'], { cwd: HERE, encoding: 'utf8' });
  return stdout?.trim() || 'unknown';
}
