import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addDemo, ended, startReproduce, until } from './processes';
import { TOY } from './toy';

let folder: string;
let demos: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alignlet-test-'));
  demos = join(folder, 'demos');
  await mkdir(join(folder, 'tmp'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const [, dpo] = TOY.config.arms;
/** One arm of a few steps. */
const QUICK = { ...TOY, claims: TOY.claims.slice(0, 1).map((claim) => ({ ...claim, right: 0 })), config: { ...TOY.config, arms: [dpo] } }; // prettier-ignore

const results = async (demo: string): Promise<string[]> =>
  (await readdir(join(demos, demo, 'results')).catch(() => [])).sort();

/** Folders of children: there is one for every run that is computed. */
const runsBegun = async (): Promise<string[]> =>
  (await readdir(join(folder, 'tmp'))).filter((name) => name.startsWith('alignlet-'));

describe('several reproduce', () => {
  it('at once compute every run once, and each reports all', async () => {
    await addDemo(demos, 'quick', QUICK);
    await addDemo(demos, 'second', { ...QUICK, title: 'Second' });
    const begun = new Set<string>();
    const both = Promise.all([1, 2].map(() => ended(startReproduce(folder, '--jobs', '1', '--seeds', '2'))));
    let over = false;
    void both.then(() => (over = true));
    await until(async () => {
      for (const name of await runsBegun()) begun.add(name);
      return over;
    });
    for (const { code, err, out } of await both) {
      expect([code, err]).toEqual([0, '']);
      expect(out).not.toContain('not run');
    }
    expect(begun.size).toBe(4);
    for (const demo of ['quick', 'second'])
      expect(await results(demo)).toEqual(['seed-1.json', 'seed-2.json']);
    expect((await readdir(demos)).sort()).toEqual(['RESULTS.md', 'quick', 'second']);
    expect(await readFile(join(demos, 'RESULTS.md'), 'utf8')).toContain('Seeds: 1, 2.');
  }, 120_000);

  it('leave to others what these are at, until they are killed', async () => {
    const endless = { ...dpo, settings: { steps: 10_000 } };
    await addDemo(demos, 'quick', { ...QUICK, config: { ...QUICK.config, arms: [endless] } });
    const first = startReproduce(folder, '--jobs', '1', '--seeds', '1');
    const firstEnd = ended(first);
    await until(async () => (await runsBegun()).length === 1);
    const [mine] = await runsBegun();
    expect(await results('quick')).toEqual(['seed-1.claim']);
    const claim = await readFile(join(demos, 'quick', 'results', 'seed-1.claim'), 'utf8');
    const second = startReproduce(folder, '--jobs', '1', '--seeds', '1');
    const secondEnd = ended(second);
    first.kill('SIGKILL');
    expect(await firstEnd).toMatchObject({ signal: 'SIGKILL' });
    await until(async () => (await runsBegun()).some((name) => name !== mine));
    expect(await readFile(join(demos, 'quick', 'results', 'seed-1.claim'), 'utf8')).not.toBe(claim);
    second.kill('SIGTERM');
    expect(await secondEnd).toMatchObject({ code: 143 });
    expect(await results('quick')).toEqual([]); // given back
  }, 120_000);

  it('share the work as shards, and one reports in the end', async () => {
    await addDemo(demos, 'quick', QUICK);
    const shard = (part: string) => ended(startReproduce(folder, '--jobs', '1', '--seeds', '3', '--shard', part)); // prettier-ignore
    expect(await shard('1/2')).toMatchObject({ code: 0, err: '' });
    expect(await results('quick')).toEqual(['seed-1.json', 'seed-3.json']);
    expect(await readdir(demos)).toEqual(['quick']); // no report yet
    const before = await stat(join(demos, 'quick', 'results', 'seed-1.json'));
    expect(await shard('2/2')).toMatchObject({ code: 0, err: '' });
    expect(await results('quick')).toEqual(['seed-1.json', 'seed-2.json', 'seed-3.json']);
    expect((await stat(join(demos, 'quick', 'results', 'seed-1.json'))).mtimeMs).toBe(before.mtimeMs);
    expect(await ended(startReproduce(folder, '--report'))).toMatchObject({ code: 0, err: '' });
    expect(await readFile(join(demos, 'RESULTS.md'), 'utf8')).toContain('Seeds: 1, 2, 3.');
    const { code, err } = await shard('3/2');
    expect([code === 0, err]).toEqual([false, expect.stringMatching(/--shard.*must be like 2\/5/)]);
  }, 120_000);
});
