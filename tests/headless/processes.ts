import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Adds a demo to a folder of demos. */
export async function addDemo(demos: string, name: string, description: object): Promise<void> {
  await mkdir(join(demos, name), { recursive: true });
  await writeFile(join(demos, name, 'demo.json'), JSON.stringify(description));
}

/** A program of ours as its npm script runs it. */
export const startProgram = (program: string, args: readonly string[], env = {}): ChildProcess =>
  spawn(process.execPath, ['--import', 'tsx', `src/headless/${program}.ts`, ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
  });

/** `npm run reproduce` on `demos` in a folder, with `tmp` there for temporary files. */
export const startReproduce = (folder: string, ...args: string[]): ChildProcess =>
  startProgram('reproduce', ['--demos', join(folder, 'demos'), ...args], { TMPDIR: join(folder, 'tmp') });

export interface Ended {
  code: number | null;
  signal: string | null;
  out: string;
  err: string;
}

export function ended(child: ChildProcess): Promise<Ended> {
  return new Promise((resolve) => {
    let [out, err] = ['', ''];
    child.stdout!.on('data', (data) => (out += data));
    child.stderr!.on('data', (data) => (err += data));
    const words = () => err.replace(/^.* runs, .*\n/gm, ''); // without the progress
    child.on('close', (code, signal) => resolve({ code, signal, out, err: words() }));
  });
}

/** Waits for something to become true. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 100));
}
