import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { report } from '../../src/headless/report';
import { demoNames, DEMOS, loadDemo } from '../../src/headless/demos';
import { readRuns } from '../../src/headless/stored-files';
import { recordingSchema, storedKeysOf, type StoredRun } from '../../src/pipeline/records/recording';
import { checkedRun } from '../../src/pipeline/records/stored-run';
import { STAGES } from '../../src/pipeline/stages';
import { addDemo, ended, startReproduce, until } from './processes';
import { TOY } from './toy';

/** What is being run, in folders of its own. */
let folder: string;
let demos: string;
let temporary: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alignlet-test-'));
  [demos, temporary] = [join(folder, 'demos'), join(folder, 'tmp')];
  await mkdir(temporary, { recursive: true });
  const [ppo, ...others] = TOY.config.arms;
  const endless = { ...ppo, settings: { ...ppo!.settings, iterations: 1000 } };
  await addDemo(demos, 'toy', TOY);
  await addDemo(demos, 'other', { ...TOY, title: 'Other' });
  await addDemo(demos, 'endless', { ...TOY, config: { ...TOY.config, arms: [endless, ...others] } });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const start = (...args: string[]) => startReproduce(folder, ...args);
const reproduce = (...args: string[]) => ended(start('--jobs', '1', ...args));

const runFile = (demo: string, seed: number) => join(demos, demo, 'results', `seed-${seed}.json`);
const readStored = async (demo: string, seed: number): Promise<StoredRun> =>
  checkedRun(JSON.parse(await readFile(runFile(demo, seed), 'utf8')));

/** Temporary folders of children. */
const foldersLeft = async (): Promise<string[]> =>
  (await readdir(temporary)).filter((name) => name.startsWith('alignlet-'));

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** Processes that this one has started. */
async function childrenOf(pid: number): Promise<number[]> {
  const { out } = await ended(spawn('ps', ['-A', '-o', 'pid=,ppid=']));
  const rows = out.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  return rows.flatMap(([child, parent]) => (parent === pid ? [child!] : []));
}

describe('reproduce', () => {
  it('runs what is missing of the demos that are named, and touches no other', async () => {
    const { code, out, err } = await reproduce('--seeds', '1', '--only', 'toy');
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toContain('DPO beats PPO.');
    expect(Object.keys((await readStored('toy', 1)).summary.arms)).toEqual(['ppo', 'dpo', 'best', 'limit']);
    const recording: unknown = JSON.parse(await readFile(join(demos, 'toy', 'recording.json'), 'utf8'));
    expect(recordingSchema.parse(recording).nodes.length).toBeGreaterThan(4);
    expect(await readdir(join(demos, 'other'))).toEqual(['demo.json']);
    const results = await readFile(join(demos, 'RESULTS.md'), 'utf8');
    expect(results).toContain('## toy: Toy');
    expect(results).toMatch(/^\| toy \| DPO beats PPO\. \| \S+ \| 1 \|/m);
    expect(results).toMatch(/^\| other \| DPO beats PPO\. \| – \| 0 \| \*\*not run\*\* \|/m);
    expect(await foldersLeft()).toEqual([]);
  }, 120_000);

  it('runs only the arms that are outdated, and nothing when all is there', async () => {
    const before = await stat(runFile('toy', 1));
    expect(await reproduce('--seeds', '1', '--only', 'toy')).toMatchObject({ code: 0, err: '' });
    expect((await stat(runFile('toy', 1))).mtimeMs).toBe(before.mtimeMs);
    const run = await readStored('toy', 1);
    const marked = JSON.parse(JSON.stringify(run)) as StoredRun;
    marked.summary.arms['ppo']!['marked'] = 1; // stays if the arm is not run again
    delete marked.summary.arms['best'];
    await writeFile(runFile('toy', 1), JSON.stringify(marked));
    expect(await reproduce('--seeds', '1', '--only', 'toy')).toMatchObject({ code: 0, err: '' });
    const { arms } = (await readStored('toy', 1)).summary;
    expect(arms['ppo']!['marked']).toBe(1);
    expect({ ...arms['best'], seconds: 0 }).toEqual({ ...run.summary.arms['best'], seconds: 0 });
  }, 120_000);

  it.each([
    ['is no JSON', () => '{'],
    [
      'has an empty summary',
      (text: string) => JSON.stringify({ ...(JSON.parse(text) as object), summary: {} }),
    ],
  ])(
    'names a stored file that %s, and makes it again',
    async (_, broken) => {
      const whole = await readStored('toy', 1);
      await writeFile(runFile('toy', 1), broken(await readFile(runFile('toy', 1), 'utf8')));
      const { code, err } = await reproduce('--seeds', '1', '--only', 'toy');
      expect(err).toMatch(/seed-1\.json: .*; it counts as missing/);
      expect(err).not.toMatch(/\n\s+at /);
      expect(code).toBe(0);
      expect((await readStored('toy', 1)).keys).toEqual(whole.keys);
    },
    120_000,
  );

  it('is not stopped by what is broken in demos that are not named, and leaves it as it is', async () => {
    await mkdir(join(demos, 'other', 'results'));
    await writeFile(runFile('other', 1), '{');
    await addDemo(demos, 'broken', { title: 'No configuration' });
    const { code, err } = await reproduce('--seeds', '1', '--only', 'toy');
    expect(err).toMatch(/other.*seed-1\.json: .*; it counts as missing/);
    expect(err).toMatch(/demo broken: .*; it counts as missing/);
    expect(err).not.toMatch(/\n\s+at /);
    expect(code).toBe(0);
    expect(await readFile(runFile('other', 1), 'utf8')).toBe('{');
    await rm(join(demos, 'broken'), { recursive: true });
    await rm(join(demos, 'other', 'results'), { recursive: true });
  }, 120_000);

  it('says before it computes that a folder lies where a result has to be', async () => {
    await mkdir(runFile('other', 1), { recursive: true });
    const { code, err } = await reproduce('--seeds', '1', '--only', 'other');
    expect(code).toBe(1);
    expect(err).toMatch(/^error: nothing can be written to .*seed-1\.json: it is a folder$/m);
    await rm(join(demos, 'other', 'results'), { recursive: true });
  }, 120_000);

  it('only writes the report if that is what is wanted', async () => {
    const { code, err } = await reproduce('--report', '--only', 'other');
    expect([code, err]).toEqual([0, '']);
    expect(await readdir(join(demos, 'other'))).toEqual(['demo.json']);
  }, 120_000);

  it('tries the folder before it computes', async () => {
    await writeFile(join(demos, 'other', 'results'), 'a file where a folder has to be');
    const { code, err } = await reproduce('--seeds', '1', '--only', 'other');
    expect(code).toBe(1);
    expect(err.trim().split('\n')).toEqual([
      expect.stringMatching(/^error: nothing can be written to .*other/),
    ]);
    await rm(join(demos, 'other', 'results'));
  }, 120_000);

  it.each([
    ['SIGTERM', { code: 143, signal: null }],
    ['SIGINT', { code: 130, signal: null }],
    ['SIGKILL', { code: null, signal: 'SIGKILL' }],
  ] as const)(
    'ends its children and takes its folders away when it is ended by %s',
    async (signal, expected) => {
      const parent = start('--jobs', '2', '--seeds', '2', '--only', 'endless');
      const end = ended(parent);
      await until(async () => (await foldersLeft()).length === 2);
      let children: number[] = [];
      await until(async () => (children = await childrenOf(parent.pid!)).length >= 2);
      parent.kill(signal);
      expect(await end).toMatchObject(expected);
      await until(async () => Promise.resolve(!children.some(isAlive)));
      await until(async () => (await foldersLeft()).length === 0);
      const left = await readdir(join(demos, 'endless', 'results'));
      if (signal !== 'SIGKILL') expect(left).toEqual([]);
      else expect(left.filter((name) => !name.endsWith('.claim'))).toEqual([]); // void, as nobody holds them
    },
    120_000,
  );
});

describe('RESULTS.md', () => {
  it('is in step with what is stored', async () => {
    const all = [];
    for (const name of await demoNames()) {
      const demo = await loadDemo(name);
      const stored = await readRuns(DEMOS, name, (problem) => expect.fail(problem));
      if (demo.claims.length > 0) all.push({ demo, stored });
    }
    expect(report(all), 'run: npm run reproduce -- --report').toBe(
      await readFile(join(DEMOS, 'RESULTS.md'), 'utf8'),
    );
  });

  it('says at the top and at the claim what is left out, and why', async () => {
    const read = await readRuns(DEMOS, 'summaries', (problem) => expect.fail(problem));
    const keys = storedKeysOf((await loadDemo('summaries')).config);
    const stored = read.map((run) => ({ ...run, keys })); // as if they were of today
    const { dpo } = STAGES;
    try {
      STAGES.dpo = { ...dpo, version: 1000 };
      const text = report([{ demo: await loadDemo('summaries'), stored }]);
      expect(text).toMatch(/^Some stored results were made by earlier code or settings/m);
      expect(text).toMatch(/^- summaries: DPO \(made by an earlier version of dpo\)$/m);
      expect(text).toMatch(
        /`dpo\.gold >= ppo\.gold`.*\*\*not run\*\* \(made by an earlier version of dpo\) \|$/m,
      );
      expect(text).toMatch(/^\| PPO \| [^–]/m);
      expect(text).toMatch(/^\| DPO \| – \|/m);
    } finally {
      STAGES.dpo = dpo;
    }
    expect(report([{ demo: await loadDemo('summaries'), stored }])).not.toContain('earlier');
  });

  it('says at the top what lacks figures that are measured by now', async () => {
    const demo = await loadDemo('summaries');
    const stored = await readRuns(DEMOS, 'summaries', (problem) => expect.fail(problem));
    const before = report([{ demo, stored }]);
    delete stored[1]!.summary.arms['dpo']!['entropy'];
    const text = report([{ demo, stored }]);
    expect(text).toMatch(/^- summaries, seed 2: DPO \(without entropy\)$/m);
    expect(text.split('\n').slice(-20)).toEqual(before.split('\n').slice(-20)); // its figures count
  });
});
