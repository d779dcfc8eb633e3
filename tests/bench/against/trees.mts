import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, runNode } from './program.mjs';
import type { Side } from './results.mjs';
import type { Scope } from './scope.mjs';

const HERE = fileURLToPath(new URL('../../../', import.meta.url));

/** A commit in a folder of its own, where anything may be changed. */
export interface Tree {
  side: Side;
  folder: string;
  /** As results name it. */
  commit: string;
  /** The page, built as it is shipped; built when it is first asked for. */
  page(): Promise<string>;
}

const git = (...args: string[]): string =>
  execFileSync('git', ['-C', HERE, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();

/** The commit to compare, or what is here: with the changes that are not committed, files that git knows not left out. */
function commitOf(side: Side, base: string): { hash: string; name: string } {
  if (side === 'base') {
    const hash = git('rev-parse', '--verify', `${base}^{commit}`);
    return { hash, name: git('rev-parse', '--short', hash) };
  }
  const changed = git('stash', 'create'); // a commit of the changes that nothing points to; nothing is stashed
  const head = git('rev-parse', '--short', 'HEAD');
  return { hash: changed || git('rev-parse', 'HEAD'), name: changed ? `${head}-dirty` : head };
}

/**
 * Both commits side by side in a temporary folder, with their packages, ready to run. Gone when the scope ends.
 * Packages are installed anew where the lock file is another one, unless a folder `packages` has them, else ours are used.
 */
export async function makeTrees(
  scope: Scope,
  base: string,
  packages: string | undefined,
  say: (message: string) => void,
): Promise<{ trees: Record<Side, Tree>; folder: string }> {
  const folder = scope.folder(mkdtempSync(join(tmpdir(), 'alignlet-against-')));
  const tree = (side: Side) =>
    makeTree(scope, folder, side, commitOf(side, base), side === 'base' ? packages : undefined, say);
  const trees = { base: await tree('base'), ours: await tree('ours') };
  for (const { folder: at } of Object.values(trees))
    await runNode(scope, at, ['--import', 'tsx', 'src/headless/cli.ts', 'list']); // fills tsx's cache
  return { trees, folder };
}

async function makeTree(
  scope: Scope,
  parent: string,
  side: Side,
  { hash, name }: { hash: string; name: string },
  packages: string | undefined,
  say: (message: string) => void,
): Promise<Tree> {
  const folder = join(parent, side);
  scope.worktree(HERE, folder);
  git('worktree', 'add', '--detach', '--quiet', folder, hash);
  const known = packages ?? (sameLock(folder, HERE) ? join(HERE, 'node_modules') : undefined);
  if (known) symlinkSync(resolve(known), join(folder, 'node_modules'), 'junction');
  else {
    say(`${name}: its lock file is another one, npm ci …`);
    await run(
      scope,
      'npm',
      ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'],
      folder,
    );
  }
  let built: Promise<string> | undefined;
  return {
    side,
    folder,
    commit: name,
    page: () => (built ??= buildPage(scope, folder, join(parent, `${side}-page`), name, say)),
  };
}

async function buildPage(
  scope: Scope,
  folder: string,
  outDir: string,
  name: string,
  say: (message: string) => void,
): Promise<string> {
  say(`${name}: builds the page …`);
  const vite = join('node_modules', 'vite', 'bin', 'vite.js');
  await run(scope, process.execPath, [vite, 'build', '--logLevel', 'error', '--outDir', outDir, '--emptyOutDir'], folder); // prettier-ignore
  return outDir;
}

/** Whether two folders ask for the same packages. */
export function sameLock(a: string, b: string): boolean {
  const [one, other] = [a, b].map((folder) => join(folder, 'package-lock.json'));
  return (
    existsSync(one!) && existsSync(other!) && readFileSync(one!, 'utf8') === readFileSync(other!, 'utf8')
  );
}
