import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPreferences } from '../../src/exchange/data/tables';
import { within } from '../../src/exchange/files';
import { readModel } from '../../src/exchange/hf/model';
import { labFile, readLabFile } from '../../src/exchange/lab/file';
import { runOfLab } from '../../src/exchange/lab/run';
import { unzipped } from '../../src/exchange/zip';
import { preferencesOf } from '../../src/pipeline/contract/packed-preferences';
import { buildGraph } from '../../src/pipeline/lab/graph';
import { taskByName } from '../../src/world';
import { csvRows } from '../exchange/figures/csv-rows';
import { sampleLab } from '../exchange/lab/sample';
import { findChromium } from '../support/chromium';
import { buildPage, serveFolder, type Served } from './serve';

const SMALL =
  '?v=1&size=nano&threads=1&sft.steps=4&preferences.pairs=64&preferences.heldOutPairs=16&reward.steps=4' +
  '&ppo.iterations=2&ppo.rolloutBatch=8&dpo.steps=4&evaluation.times=1&evaluation.prompts=8&evaluation.finalPrompts=8';

let folder: string;
let host: Served;
let browser: Browser;
let page: Page;
/** What the browser complained of: nothing, under the policy that is shipped. */
const errors: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alignlet-transfer-'));
  await buildPage(folder);
  host = await serveFolder(folder);
  const { executablePath, args } = await findChromium();
  browser = await chromium.launch({ executablePath, args });
  page = await visit(SMALL, 'dark');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.locator('#status[data-kind=done]').waitFor({ timeout: 120_000 });
  await open(page);
}, 400_000);
afterAll(async () => {
  await browser?.close();
  await host?.close();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

async function visit(search: string, colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
  const context = await browser.newContext({ colorScheme, acceptDownloads: true });
  const visited = await context.newPage();
  visited.on('console', (m) => m.type() === 'error' && errors.push(m.text()));
  visited.on('pageerror', (e) => errors.push(e.message));
  await visited.goto(host.url + search);
  await visited.locator('#status').waitFor({ timeout: 60_000 });
  return visited;
}

const open = (on: Page) => on.getByRole('button', { name: 'Export and import' }).click();

/** Presses a button of the dialogue and waits for its file. */
async function saved(on: Page, what: string, format: string): Promise<{ name: string; bytes: Uint8Array }> {
  const [download] = await Promise.all([
    on.waitForEvent('download'),
    on.getByRole('button', { name: `Save ${what} as ${format}`, exact: true }).click(),
  ]);
  await on.locator('[data-outcome=saved]').waitFor();
  return { name: download.suggestedFilename(), bytes: new Uint8Array(await readFile(await download.path())) };
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const give = (on: Page, name: string, bytes: Uint8Array) =>
  on
    .locator('input[type=file]')
    .setInputFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) });

describe('what the page exports', { timeout: 120_000 }, () => {
  it('is one file of everything, with the figures and the keys of the page', async () => {
    const { name, bytes } = await saved(page, 'The whole lab', '.alignlet');
    expect(name).toBe('free-seed-1.alignlet');
    const lab = readLabFile(bytes, name);
    expect(lab.runs.map(({ id, run }) => [id, run.key])).toEqual(
      buildGraph(lab.config).map(({ id, key }) => [id, key]),
    );
    const { figures } = runOfLab(lab);
    const status = await page.locator('#status').innerText();
    for (const arm of ['ppo', 'dpo'])
      expect(status).toContain(`${arm.toUpperCase()} ${(100 * figures[arm]!['winRate']!).toFixed(0)} %`);
    const rows = csvRows(text((await saved(page, 'Results', 'CSV')).bytes));
    const table: Record<string, Record<string, number>> = {};
    for (const { id, figure, value } of rows) (table[id!] ??= {})[figure!] = Number(value);
    expect(table).toEqual(figures);
  });

  it('is curves in long form, as the file of the lab has them', async () => {
    const lab = readLabFile((await saved(page, 'The whole lab', '.alignlet')).bytes, 'x');
    const expected = lab.runs.flatMap(({ id, run }) =>
      run.events.flatMap((event) =>
        Object.entries(event.type === 'metrics' ? event.metrics : event.evaluation).map(([metric, value]) => [
          id,
          event.type,
          String(event.update),
          metric,
          value,
        ]),
      ),
    );
    const rows = csvRows(text((await saved(page, 'Curves', 'CSV')).bytes));
    expect(
      rows.map(({ id, kind, update, metric, value }) => [id, kind, update, metric, Number(value)]),
    ).toEqual(expected);
    expect(rows[0]).toMatchObject({
      task: 'review',
      size: 'nano',
      link: expect.stringContaining('ppo.iterations=2'),
    });
    const json = JSON.parse(text((await saved(page, 'Curves', 'JSON')).bytes)) as {
      config: unknown;
      seed: number;
    };
    expect(json).toMatchObject({ seed: 1, config: lab.config });
  });

  it('is answers as they stand on the page', async () => {
    const rows = text((await saved(page, 'Answers', 'JSONL')).bytes)
      .trim()
      .split('\n');
    const answers = rows.map((row) => JSON.parse(row) as { id: string; answer: string });
    expect(answers.map(({ id }) => id)).toEqual(expect.arrayContaining(['pretrain', 'sft', 'ppo', 'dpo']));
    expect(csvRows(text((await saved(page, 'Answers', 'CSV')).bytes)).map((row) => row['answer'])).toEqual(
      answers.map(({ answer }) => answer),
    );
  });

  it('is charts that stand alone, on white though the page is dark, with title, axes and legend', async () => {
    const svg = text((await saved(page, 'Reward', 'SVG')).bytes);
    for (const word of ['Reward', 'updates', 'gold reward', 'PPO', 'DPO', 'seed 1'])
      expect(svg, word).toContain(word);
    expect(svg).toMatch(/<rect[^>]*fill="#ffffff"/);
    expect(svg).not.toMatch(/var\(|class=|https?:\/\/(?!www\.w3\.org)/);
    expect(svg).toContain('font/woff2;base64,');
    expect(svg).toContain('rgb(0, 114, 178)'); // the light blue of the first arm
    const { bytes } = await saved(page, 'Reward', 'PNG');
    expect([...bytes.subarray(1, 4)].map((c) => String.fromCharCode(c)).join('')).toBe('PNG');
    const size = new DataView(bytes.buffer, bytes.byteOffset);
    expect([size.getUint32(16), size.getUint32(20)].every((side) => side > 1200)).toBe(true);
    const all = unzipped((await saved(page, 'All charts', 'SVG')).bytes, 'charts');
    expect([...all.keys()].sort()).toEqual(['frontier.svg', 'kl.svg', 'reward.svg', 'winRate.svg']);
  });

  it('is models and tables that come back as they were', async () => {
    const run = runOfLab(readLabFile((await saved(page, 'The whole lab', '.alignlet')).bytes, 'x'));
    await page.getByLabel('Model', { exact: true }).last().selectOption('dpo');
    const model = readModel(unzipped((await saved(page, 'ONNX', 'ZIP')).bytes, 'x'));
    expect(model).toEqual(run.artifacts.get('dpo'));
    for (const format of ['JSONL', 'Parquet']) {
      const files = unzipped((await saved(page, 'Preferences', format)).bytes, 'x');
      const read = await readPreferences(within('p', files), 'p', taskByName('review'), 64);
      const { pairs, heldOut } = preferencesOf(run.artifacts.get('preferences')!)!;
      const ids = (list: typeof pairs) =>
        list.map(({ prompt, chosen, rejected }) => [prompt, chosen, rejected]);
      expect([ids(read.pairs), ids(read.heldOut)]).toEqual([ids(pairs), ids(heldOut)]);
    }
    const bundle = unzipped((await saved(page, 'TRL bundle', 'ZIP')).bytes, 'x');
    for (const file of ['dpo.py', 'common.py', 'settings.json', 'models/sft/model.safetensors'])
      expect(bundle.has(file), file).toBe(true);
    expect(text(bundle.get('dpo.py')!)).toContain('DPOTrainer');
  });

  it('broke no rule of the policy', () => {
    expect(errors).toEqual([]);
  });
});

describe('what the page opens', { timeout: 120_000 }, () => {
  it('has the same figures on another page, and leaves nothing to train', async () => {
    const { bytes } = await saved(page, 'The whole lab', '.alignlet');
    const results = await saved(page, 'Results', 'CSV');
    const curves = await saved(page, 'Curves', 'CSV');
    const other = await visit('?v=1&task=chat');
    await open(other);
    await give(other, 'lab.alignlet', bytes);
    await other.locator('[data-holds]').getByRole('button', { name: 'Open', exact: true }).click();
    await other.locator('#status[data-kind=done]').waitFor();
    expect(await other.locator('#status').innerText()).toBe(await page.locator('#status').innerText());
    await open(other);
    expect(text((await saved(other, 'Results', 'CSV')).bytes)).toBe(text(results.bytes));
    const values = (csv: Uint8Array) => csvRows(text(csv)).map(({ link: _, ...row }) => row);
    expect(values((await saved(other, 'Curves', 'CSV')).bytes)).toEqual(values(curves.bytes));
    await other.context().close();
  });

  it('comes from Node and goes back there to the last bit', async () => {
    const contents = sampleLab();
    const other = await visit('?v=1');
    await open(other);
    await give(other, 'run.alignlet', labFile(contents));
    const holds = other.locator('[data-holds]');
    expect(await holds.innerText()).toMatch(/Seed\s+3/);
    await holds.getByRole('button', { name: 'Open', exact: true }).click();
    await other.locator('#status[data-kind=done]').waitFor();
    await open(other);
    const back = readLabFile((await saved(other, 'The whole lab', '.alignlet')).bytes, 'x');
    expect(back.runs).toEqual(contents.runs);
    await other.context().close();
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['is no zip', new TextEncoder().encode('not a zip at all'), /not a zip file/],
    ['is cut off', labFile(sampleLab()).slice(0, 5000), /not a zip file/],
  ])('and what %s is refused, and the work on the page stays', async (_, bytes, expected) => {
    const before = await page.locator('#status').innerText();
    await give(page, 'bad.alignlet', bytes);
    expect(await page.locator('[data-refused]').innerText()).toMatch(expected);
    expect(await page.locator('#status').innerText()).toBe(before);
    expect(await page.locator('#status').getAttribute('data-kind')).toBe('done');
  });
});
