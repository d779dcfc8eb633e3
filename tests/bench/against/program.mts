import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Scope } from './scope.mjs';

const METER = new URL('cpu-meter.mjs', import.meta.url).href;

export interface Ran {
  /** Seconds by the clock. */
  wall: number;
  /** Seconds of processor time, user and system, of this process of Node and all that it started. */
  cpu: number;
}

/** Runs Node in a folder, without showing what it prints. Rejects with its last words if it fails. */
export async function runNode(
  scope: Scope,
  folder: string,
  args: readonly string[],
  notes = folder,
): Promise<Ran> {
  const file = join(notes, `cpu-${randomUUID()}`);
  const began = performance.now();
  const env = {
    ...process.env,
    NODE_OPTIONS: [process.env['NODE_OPTIONS'], `--import=${METER}`].filter(Boolean).join(' '),
    ALIGNLET_CPU_FILE: file,
  };
  await run(scope, process.execPath, args, folder, env);
  const wall = (performance.now() - began) / 1000;
  const cpu = existsSync(file) ? total(readFileSync(file, 'utf8')) : NaN;
  rmSync(file, { force: true });
  return { wall, cpu };
}

/** Seconds from lines of microseconds, one for each process. */
export const total = (lines: string): number =>
  lines
    .split('\n')
    .filter(Boolean)
    .reduce((sum, line) => sum + Number(line) / 1e6, 0);

/** Runs a command to its end. */
export function run(
  scope: Scope,
  command: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const posix = process.platform !== 'win32';
    const child = spawn(command, args, {
      cwd,
      env,
      detached: posix,
      shell: !posix && command === 'npm',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    scope.child(child);
    let last = '';
    const hear = (data: Buffer) => (last = (last + data.toString()).slice(-4000));
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('error', reject);
    child.on('close', (code, signal) =>
      code === 0
        ? resolve()
        : reject(
            new Error(`${[command, ...args].join(' ')} ended by ${signal ?? `exit ${code}`}: ${last.trim()}`),
          ),
    );
  });
}
