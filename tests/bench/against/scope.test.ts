import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const SCOPE = JSON.stringify(new URL('scope.mts', import.meta.url).href);

/** A program with a worktree in a folder and a child that has a child of its own; ended in this way. */
async function ended(by: 'SIGINT' | 'SIGKILL' | 'throw' | 'close') {
  const around = mkdtempSync(join(tmpdir(), 'scope-'));
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', around, '-c', 'user.name=a', '-c', 'user.email=a@a', ...args], {
      encoding: 'utf8',
    });
  git('init', '--quiet');
  git('commit', '--quiet', '--allow-empty', '--message', 'first');
  const [program, folder] = [join(around, 'program.mts'), join(around, 'folder')];
  const last = { throw: 'throw new Error("on purpose");', close: 'void scope.close();' }[by as string] ?? '';
  writeFileSync(
    program,
    `import { execFileSync, spawn } from 'node:child_process';
    import { mkdirSync } from 'node:fs';
    import { Scope } from ${SCOPE};
    const [around, folder] = ${JSON.stringify([around, folder])};
    const scope = new Scope();
    mkdirSync(folder);
    scope.folder(folder);
    scope.worktree(around, folder + '/tree');
    execFileSync('git', ['-C', around, 'worktree', 'add', '--quiet', folder + '/tree']);
    const child = spawn('sh', ['-c', 'sleep 60 & echo $!; wait'], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
    scope.child(child);
    child.stdout.on('data', (data) => { console.log(String(data).trim()); ${last} });`,
  );
  const child = spawn(process.execPath, ['--import', 'tsx', program], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const grandchild = await new Promise<number>((resolve) =>
    child.stdout.once('data', (data: Buffer) => resolve(Number(data.toString()))),
  );
  if (by === 'SIGINT' || by === 'SIGKILL') child.kill(by);
  return {
    left: () => ({
      folder: existsSync(folder),
      worktrees: git('worktree', 'list').trim().split('\n').length,
      process: lives(grandchild),
    }),
    tidy: () => rmSync(around, { recursive: true }),
  };
}

/** Not one that has ended and that nobody has asked after. */
const lives = (pid: number): boolean => {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return /^[^Z\s]/.test(stdout);
};

it.skipIf(process.platform === 'win32').each(['SIGINT', 'SIGKILL', 'throw', 'close'] as const)(
  'leaves no folder, worktree or process behind: %s',
  async (by) => {
    const { left, tidy } = await ended(by);
    await expect.poll(left, { timeout: 30_000 }).toEqual({ folder: false, worktrees: 1, process: false });
    tidy();
  },
);
