import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Files } from '../../src/exchange/files';

/** A Python with torch 2.13, transformers 5.18, trl 1.13 and datasets 5.0; tests that need it are skipped without. */
export const PYTHON = process.env['ALIGNLET_PYTHON'];

export const WHY_SKIPPED =
  'ALIGNLET_PYTHON names no Python with torch 2.13, transformers 5.18, trl 1.13, datasets 5.0';

export async function writeFiles(folder: string, files: Files): Promise<void> {
  for (const [name, bytes] of files) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), bytes);
  }
}

/** Runs Python in a folder; resolves to what it printed, rejects with it where it fails. */
export function python(folder: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, HF_HUB_OFFLINE: '1', OMP_NUM_THREADS: '1', CUDA_VISIBLE_DEVICES: '' };
    const child = spawn(PYTHON!, args, { cwd: folder, env });
    let out = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (out += data));
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(out) : reject(new Error(out.slice(-4000)))));
  });
}
