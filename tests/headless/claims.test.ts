import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Claims } from '../../src/headless/claims';
import { until } from './processes';

let folder: string;
let file: string;
const all: Claims[] = [];
const claims = (patience?: number, beat?: number) => {
  const made = new Claims(patience, beat);
  all.push(made);
  return made;
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alignlet-claims-'));
  file = join(folder, 'seed-1.claim');
});
afterEach(async () => {
  for (const each of all.splice(0)) each.close();
  await rm(folder, { recursive: true, force: true });
});

/** As if a process had claimed it and could not give it back. */
async function claimedBy(changes: object): Promise<void> {
  const mine = claims();
  await mine.take(file);
  const holder = JSON.parse(await readFile(file, 'utf8')) as object;
  await writeFile(file, JSON.stringify({ ...holder, token: 'another', ...changes }));
}

describe('a claim', () => {
  it('is one process’s until it is given back, and leaves nothing behind', async () => {
    const [first, second] = [claims(), claims()];
    expect(await first.take(file)).toBe(true);
    expect(await second.take(file)).toBe(false);
    await second.release(file); // never had it
    expect(await second.take(file)).toBe(false);
    await first.release(file);
    expect(await readdir(folder)).toEqual([]);
    expect(await second.take(file)).toBe(true);
  });

  it('is one’s only, however many try at once', async () => {
    const taken = await Promise.all(Array.from({ length: 20 }, () => claims().take(file)));
    expect(taken.filter(Boolean)).toHaveLength(1);
  });

  it('of a process that is gone is void at once, and taken over by one only', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => child.on('close', resolve));
    await claimedBy({ pid: child.pid });
    const taken = await Promise.all(Array.from({ length: 20 }, () => claims().take(file)));
    expect(taken.filter(Boolean)).toHaveLength(1);
    expect(await readdir(folder)).toEqual(['seed-1.claim']);
  });

  it.runIf(process.platform === 'linux')('is void where another process has its number by now', async () => {
    await claimedBy({ began: '1' });
    expect(await claims().take(file)).toBe(true);
  });

  it('of another machine is void when it gives no sign of life while watched, whatever its clock says', async () => {
    await claimedBy({ machine: 'elsewhere' });
    await utimes(file, new Date(0), new Date(0));
    const watching = claims(-1); // no patience at all
    expect(await watching.take(file)).toBe(false); // just seen for the first time
    await utimes(file, new Date(5000), new Date(5000)); // a sign of life
    expect(await watching.take(file)).toBe(false);
    expect(await claims().take(file)).toBe(false); // with patience
    expect(await watching.take(file)).toBe(true);
  });

  it('that was created but never written is void likewise', async () => {
    await writeFile(file, '');
    const watching = claims(-1);
    expect([await watching.take(file), await watching.take(file)]).toEqual([false, true]);
  });

  it('is taken over also where another ended while it did so', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => child.on('close', resolve));
    await claimedBy({ pid: child.pid });
    await writeFile(`${file}.heir.draft`, await readFile(file, 'utf8'));
    const next = claims();
    expect([await next.take(file), await next.take(file)]).toEqual([false, true]);
    expect(await readdir(folder)).toEqual(['seed-1.claim']);
  });

  it('that another has taken over is not given back', async () => {
    const [mine, other] = [claims(), JSON.stringify({ machine: 'elsewhere', pid: 1, token: 'x' })];
    await mine.take(file);
    await writeFile(file, other);
    await mine.release(file);
    expect(await readFile(file, 'utf8')).toBe(other);
  });

  it('gives signs of life', async () => {
    await claims(undefined, 20).take(file);
    await utimes(file, new Date(0), new Date(0));
    await until(async () => (await stat(file)).mtimeMs > 0);
  });

  it('says where nothing can be written', async () => {
    await expect(claims().take(join(folder, 'nowhere', 'a.claim'))).rejects.toThrow(/ENOENT/);
    await mkdir(file);
    await expect(claims().take(file)).rejects.toThrow(/EISDIR/);
  });
});
