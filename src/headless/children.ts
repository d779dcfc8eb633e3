import { spawn, type ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from './usage';

const children = new Set<ChildProcess>();
const folders = new Set<string>();

/** Whatever ends this process ends its children and takes their folders away. */
function cleanUp(): void {
  for (const child of children) child.kill('SIGKILL');
  for (const folder of folders) remove(folder);
}

let guarded = false;
function guard(): void {
  if (guarded) return;
  guarded = true;
  process.on('exit', cleanUp);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  folders.delete(folder);
}

/**
 * Runs a module of ours in a process of its own, with the given arguments and an empty folder after them, and
 * gives what `take` makes of the folder. Throws an InputError with the child's words if it fails.
 */
export async function inChild<T>(
  module: string,
  args: readonly string[],
  take: (folder: string) => Promise<T>,
): Promise<T> {
  guard();
  const folder = await mkdtemp(join(tmpdir(), 'alignlet-'));
  folders.add(folder);
  try {
    await new Promise<void>((resolve, reject) => {
      const child = spawn(process.execPath, ['--import', 'tsx', module, ...args, folder], {
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'], // by its end of the channel a child hears that we are gone
      });
      children.add(child);
      let errors = '';
      child.stderr!.on('data', (data) => (errors += data));
      child.on('error', reject);
      child.on('close', (code, signal) => {
        children.delete(child);
        if (code === 0) resolve();
        else reject(new UsageError(errors.trim() || `ended by ${signal ?? `exit ${code}`}`));
      });
    });
    return await take(folder);
  } finally {
    remove(folder);
  }
}

/** In the child: ends with the parent, however that ends, and takes its folder away. Returns what lets go of it. */
export function endWithParent(folder: string): () => void {
  const end = () => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    process.exit(1);
  };
  if (!process.connected) end(); // it has ended while this one was being loaded
  process.on('disconnect', end);
  return () => {
    process.off('disconnect', end);
    process.disconnect();
  };
}
