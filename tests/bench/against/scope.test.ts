import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const SCOPE = JSON.stringify(new URL('scope.mts', import.meta.url).href);

/** A program with a folder and a child that has a child of its own; ended in this way. */
async function ended(by: 'SIGINT' | 'SIGTERM' | 'throw' | 'end') {
  const around = mkdtempSync(join(tmpdir(), 'scope-'));
  const program = join(around, 'program.mts');
  const folder = join(around, 'folder');
  const last = { throw: 'throw new Error("on purpose");', end: 'process.exit(0);' }[by as string] ?? '';
  writeFileSync(
    program,
    `import { spawn } from 'node:child_process';
    import { mkdirSync, writeFileSync } from 'node:fs';
    import { Scope } from ${SCOPE};
    const scope = new Scope();
    mkdirSync(${JSON.stringify(folder)});
    scope.folder(${JSON.stringify(folder)});
    scope.atEnd(() => writeFileSync(${JSON.stringify(join(around, 'undone'))}, ''));
    scope.atEnd(() => { throw new Error('one that fails'); });
    const child = spawn('sh', ['-c', 'sleep 60 & echo $!; wait'], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
    scope.child(child);
    child.stdout.on('data', (data) => { console.log(String(data).trim()); ${last} });`,
  );
  try {
    const child = spawn(process.execPath, ['--import', 'tsx', program], { stdio: ['ignore', 'pipe', 'pipe'] });
    const grandchild = await new Promise<number>((resolve) =>
      child.stdout.once('data', (data: Buffer) => resolve(Number(data.toString()))),
    );
    if (by === 'SIGINT' || by === 'SIGTERM') child.kill(by);
    const code = await new Promise((resolve) => child.once('close', resolve));
    return { code, folder: existsSync(folder), undone: existsSync(join(around, 'undone')), grandchild };
  } finally {
    rmSync(around, { recursive: true });
  }
}

/** Not one that has ended and that nobody has asked after. */
const lives = (pid: number): boolean => {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return /^[^Z\s]/.test(stdout);
};

it.skipIf(process.platform === 'win32').each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['throw', 1],
  ['end', 0],
] as const)('leaves neither folders nor processes: %s', async (by, code) => {
  const { grandchild, ...left } = await ended(by);
  expect(left).toEqual({ code, folder: false, undone: true });
  await expect.poll(() => lives(grandchild), { timeout: 20_000 }).toBe(false);
});
