import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { artifactDigest } from '../../src/exchange/digest';
import { readLabFile } from '../../src/exchange/lab/file';
import { runOfLab } from '../../src/exchange/lab/run';
import { recordingSchema } from '../../src/pipeline/records/recording';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Runs `npm run lab -- …` without npm's own output. */
function lab(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'src/headless/cli.ts', ...args], { cwd: ROOT });
    let out = '';
    let err = '';
    child.stdout.on('data', (data) => (out += data));
    child.stderr.on('data', (data) => (err += data));
    child.on('close', (code) => resolve({ code: code ?? -1, out, err }));
  });
}

let times = 0;

/** The same within this process, for what ends before anything is computed: a process of its own takes seconds. */
async function labHere(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const hear = (to: 'out' | 'err') => (text: string | Uint8Array) => {
    said[to] += String(text);
    return true;
  };
  const { argv, exitCode } = process;
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(hear('out')),
    vi.spyOn(process.stderr, 'write').mockImplementation(hear('err')),
    vi.spyOn(console, 'log').mockImplementation((text: string) => void hear('out')(`${text}\n`)),
    vi.spyOn(console, 'error').mockImplementation((text: string) => void hear('err')(`${text}\n`)),
  ];
  process.argv = [process.execPath, 'lab', ...args];
  process.exitCode = undefined;
  try {
    const anew = `${join(ROOT, 'src/headless/cli.ts')}?${times++}`;
    await import(/* @vite-ignore */ anew);
    return { code: Number(process.exitCode ?? 0), ...said };
  } finally {
    for (const spy of spies) spy.mockRestore();
    Object.assign(process, { argv, exitCode });
  }
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alignlet-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the lab without a browser', () => {
  it('names the demos', async () => {
    const { code, out } = await lab('list');
    expect(code).toBe(0);
    expect(out).toMatch(/^ppo-vs-dpo\s+\S/m);
  });

  it.each([
    [['run', 'no-such-demo'], /no-such-demo/],
    [['run', 'ppo-vs-dpo', '--bogus'], /--bogus/],
    [['run', 'ppo-vs-dpo', '--set', 'ppo.klCoef=99'], /ppo\.klCoef.*between 0 and 10.*99/],
    [['run', 'ppo-vs-dpo', '--set', 'ppo.klCof=1'], /ppo\.klCof/],
    [['run', 'ppo-vs-dpo', '--set', 'klCoef'], /klCoef/],
    [['run', 'ppo-vs-dpo', '--set', 'task=poetry'], /task/],
    [['run', 'ppo-vs-dpo', '--set', 'qlearning.lr=1'], /qlearning/],
    [['run', 'ppo-vs-dpo', '--seed', '-3'], /seed/],
    [['run', 'ppo-vs-dpo', '--seed', ''], /seed/],
    [['run', 'ppo-vs-dpo', '--seeds', '5-1'], /seeds/],
    [['run', 'ppo-vs-dpo', '--seeds', '1,2,'], /seeds/],
    [['run', 'ppo-vs-dpo', '--seeds', '1,1', '--out', 'nowhere'], /seeds.*1 twice/],
    [['run', 'ppo-vs-dpo', '--seeds', '1-3', '--set', 'seed=7'], /--set seed.*--seeds/],
    [['run', 'flan', '--set', 'instruct.__proto__=1'], /instruct\.__proto__/],
    [['run', 'ppo-vs-dpo', '--set', "ppo.klCoef='oops'"], /ppo\.klCoef.*between 0 and 10/],
    [['run', 'ppo-vs-dpo', '--link', '?v=1&demo=flan'], /flan/],
    [['run'], /demo/],
    [['run', 'ppo-vs-dpo', '--backend', 'tpu'], /tpu/],
    [['export', 'nothing-of-this-name', '--to', 'hf', 'nowhere'], /nothing-of-this-name/],
    [['export', 'sft-chat-tiny', '--to', 'gguf', 'nowhere'], /gguf/],
    [['export', 'sft-chat-tiny', '--to', 'trl', 'nowhere'], /sft-chat-tiny is one file/],
    [['export', 'reward-chat-tiny', '--to', 'onnx', 'nowhere'], /ONNX/],
    [['import', 'no-such-folder'], /no-such-folder/],
    [['import', 'src'], /nothing here that can be read/],
  ])('says in one line what is wrong with %j', async (args, expected) => {
    const { code, err, out } = await labHere(...args);
    expect(code).not.toBe(0);
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(err).toMatch(expected);
    expect(err).not.toMatch(/\n\s+at /);
    expect(out).toBe('');
  });

  it('prints the link of the page for a demo with changes, and reads it', async () => {
    const { code, out, err } = await lab('link', 'ppo-vs-dpo', '--set', 'ppo.klCoef=0.5', '--set', 'seed=9');
    expect([code, err]).toEqual([0, '']);
    expect(out.trim()).toBe('?v=1&demo=ppo-vs-dpo&seed=9&ppo.klCoef=0.5');
    expect((await labHere('link', '--link', out.trim())).out).toBe(out);
  });

  it('runs a demo over seeds, writes metrics.csv and summary.json, and overwrites nothing', async () => {
    const small = [
      'ppo.iterations=6',
      'dpo.steps=20',
      'preferred-ft.steps=6',
      'frontier.samples=16',
      'evaluation.finalPrompts=64',
      'evaluation.prompts=32',
      'evaluation.times=2',
    ];
    const args = [
      'run',
      'summaries',
      '--seeds',
      '3,4',
      ...small.flatMap((s) => ['--set', s]),
      '--out',
      folder,
    ];
    const { code, out, err } = await lab(...args);
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toContain('2 seeds');
    const summary = JSON.parse(await readFile(join(folder, 'seed-3', 'summary.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    expect(summary).toMatchObject({ demo: 'summaries', seed: 3, backend: 'wasm', failures: {} });
    for (const arm of ['ppo', 'dpo']) {
      const figures = (summary['arms'] as Record<string, Record<string, number>>)[arm]!;
      for (const name of ['gold', 'proxy', 'kl', 'winRate', 'winRateLow', 'winRateHigh'])
        expect(figures[name], `${arm}.${name}`).toEqual(expect.any(Number));
      expect(figures['prompts']).toBe(64);
      expect(figures['winRateLow']).toBeLessThanOrEqual(figures['winRate']!);
    }
    expect(summary['arms']).toMatchObject({
      ppo: { 'winRate/dpo': expect.any(Number), gap: expect.any(Number) },
    });
    const recording = JSON.parse(await readFile(join(folder, 'seed-3', 'recording.json'), 'utf8')) as unknown;
    expect(recordingSchema.parse(recording).samples.length).toBeGreaterThan(0);
    const rows = (await readFile(join(folder, 'seed-4', 'metrics.csv'), 'utf8')).trim().split('\n');
    expect(rows[0]).toBe('stage,update,samples,tokens,seconds,kind,metric,value');
    expect(rows.some((r) => r.startsWith('ppo,') && r.includes('objective/kl'))).toBe(true);

    const [exported, back] = [join(folder, 'exported'), join(folder, 'back')];
    expect(await labHere('export', join(folder, 'seed-3'), '--to', 'hf', exported)).toMatchObject({
      code: 0,
      err: '',
    });
    expect(await labHere('import', exported, '--out', back)).toMatchObject({ code: 0, err: '' });
    const runIn = async (run: string) =>
      runOfLab(readLabFile(await readFile(join(run, 'run.alignlet')), 'run.alignlet'));
    const [was, is] = await Promise.all([runIn(join(folder, 'seed-3')), runIn(back)]);
    expect(is.figures).toEqual(was.figures);
    const digests = ({ artifacts }: typeof was) => [...artifacts].map(([id, a]) => [id, artifactDigest(a)]);
    expect(digests(is)).toEqual(digests(was)); // the same weights and pairs, bit for bit
    const listed = await labHere('import', join(folder, 'seed-3', 'run.alignlet'));
    expect(listed.out).toMatch(/^ppo: language model, \d+ parameters$/m);

    const before = await stat(join(folder, 'seed-3', 'summary.json'));
    const second = await labHere(...args);
    expect(second.code).not.toBe(0);
    expect(second.err).toMatch(/already there/);
    expect((await stat(join(folder, 'seed-3', 'summary.json'))).mtimeMs).toBe(before.mtimeMs);
  }, 240_000);

  it('refuses an output folder that is a file', async () => {
    const file = join(folder, 'file');
    await writeFile(file, 'x');
    const { code, err } = await labHere('run', 'ppo-vs-dpo', '--out', file);
    expect(code).not.toBe(0);
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(await readFile(file, 'utf8')).toBe('x');
  });
});
