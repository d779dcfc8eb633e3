import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tryOutput, writeFolder } from '../../src/headless/output';
import { tryWriting, writeWhole } from '../../src/headless/stored-files';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alignlet-output-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const TEXTS = { 'summary.json': '{}\n', 'metrics.csv': 'a\n' };
/** The second file cannot be written. */
const BROKEN = { 'summary.json': '{}\n', 'nowhere/metrics.csv': 'a\n' };

describe('the folder of a run', () => {
  it('is made in one go, with those above it', async () => {
    const out = join(folder, 'deep', 'out');
    await tryOutput(out);
    expect(await readdir(join(folder, 'deep'))).toEqual([]);
    await writeFolder(out + '/', TEXTS);
    expect((await readdir(out)).sort()).toEqual(['metrics.csv', 'summary.json']);
    expect(await readdir(join(folder, 'deep'))).toEqual(['out']);
    await mkdir(join(folder, 'usual'));
    expect((await stat(out)).mode).toBe((await stat(join(folder, 'usual'))).mode);
  });

  it('is not there after a write that failed, so that it can be tried again', async () => {
    const out = join(folder, 'out');
    await expect(writeFolder(out, BROKEN)).rejects.toThrow(/^nothing was written to .*out: ENOENT/);
    expect(await readdir(folder)).toEqual([]);
    await tryOutput(out);
    await writeFolder(out, TEXTS);
    expect(await readFile(join(out, 'summary.json'), 'utf8')).toBe('{}\n');
  });

  it('keeps what else is in it, and only that after a write that failed', async () => {
    await writeFile(join(folder, 'mine.txt'), 'x');
    await expect(writeFolder(folder, BROKEN)).rejects.toThrow(/nothing was written/);
    expect(await readdir(folder)).toEqual(['mine.txt']);
    await tryOutput(folder);
    await writeFolder(folder, TEXTS);
    expect((await readdir(folder)).sort()).toEqual(['metrics.csv', 'mine.txt', 'summary.json']);
  });

  it('is never overwritten', async () => {
    await writeFolder(folder, TEXTS);
    await expect(tryOutput(folder)).rejects.toThrow(/already there/);
    await expect(writeFolder(folder, { 'summary.json': 'other' })).rejects.toThrow(/already there/);
    expect(await readFile(join(folder, 'summary.json'), 'utf8')).toBe('{}\n');
    expect((await readdir(folder)).sort()).toEqual(['metrics.csv', 'summary.json']);
  });
});

describe('a file that is stored', () => {
  it('stays as it was after a write that failed, and leaves no draft', async () => {
    const file = join(folder, 'seed-1.json');
    await writeWhole(file, 'first');
    await mkdir(join(folder, 'folder'));
    await expect(writeWhole(join(folder, 'folder'), 'second')).rejects.toThrow();
    expect((await readdir(folder)).sort()).toEqual(['folder', 'seed-1.json']);
  });

  it('can be written by several at once', async () => {
    const file = join(folder, 'RESULTS.md');
    const texts = Array.from({ length: 20 }, (_, i) => String(i).repeat(1000));
    await Promise.all(texts.map((text) => writeWhole(file, text)));
    expect(texts).toContain(await readFile(file, 'utf8'));
    expect(await readdir(folder)).toEqual(['RESULTS.md']);
  });
});

/** A disk of 1.5 MB, where this process may make one. */
function smallDisk(): string | undefined {
  try {
    const at = execFileSync('mktemp', ['-d']).toString().trim();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1536k', 'tmpfs', at], { stdio: 'ignore' });
    return at;
  } catch {
    return undefined;
  }
}

describe('a disk that is full', () => {
  it('is told before anything is computed, and leaves nothing half written', async ({ skip }) => {
    const disk = smallDisk();
    if (!disk) return skip('no disk can be mounted here');
    try {
      await tryWriting(join(disk, 'results', 'seed-1.json'));
      await writeWhole(join(disk, 'seed-1.json'), 'x'.repeat(1_000_000));
      await expect(tryWriting(join(disk, 'seed-1.json'))).rejects.toThrow(/^nothing can be written.*ENOSPC/);
      await expect(tryOutput(join(disk, 'out'))).rejects.toThrow(/ENOSPC/);
      const large = { 'summary.json': '{}', 'metrics.csv': 'x'.repeat(1_000_000) };
      await expect(writeFolder(join(disk, 'out'), large)).rejects.toThrow(/nothing was written.*ENOSPC/);
      await expect(writeWhole(join(disk, 'seed-2.json'), large['metrics.csv'])).rejects.toThrow(
        /seed-2.json was not written: ENOSPC/,
      );
      expect((await readdir(disk)).sort()).toEqual(['results', 'seed-1.json']);
      expect(await readdir(join(disk, 'results'))).toEqual([]);
    } finally {
      execFileSync('umount', [disk]);
      await rm(disk, { recursive: true });
    }
  });

  it('or a folder that is read-only likewise', async ({ skip }) => {
    if (process.getuid?.() === 0) return skip('nothing is read-only to this user');
    await chmod(folder, 0o500);
    await expect(tryWriting(join(folder, 'seed-1.json'))).rejects.toThrow(/EACCES/);
    await expect(tryOutput(join(folder, 'out'))).rejects.toThrow(/EACCES/);
    await chmod(folder, 0o700);
  });
});
