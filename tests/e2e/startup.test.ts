import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { chromium, type Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../support/chromium';
import { buildPage, serveFolder, type Served } from './serve';

let folder: string;
let host: Served;
let browser: Browser;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alignlet-startup-'));
  await buildPage(folder);
  host = await serveFolder(folder);
  const { executablePath, args } = await findChromium();
  browser = await chromium.launch({ executablePath, args });
}, 240_000);

afterAll(async () => {
  await browser?.close();
  await host?.close();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

const html = () => readFile(join(folder, 'index.html'), 'utf8');
const text = (file: string) => readFile(join(folder, 'assets', file), 'utf8');

/** Scripts of `assets` and all that they import statically, by name. */
async function withImports(files: readonly string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const todo = [...files];
  for (let file = todo.pop(); file !== undefined; file = todo.pop()) {
    if (found.has(file)) continue;
    const code = await text(file);
    found.set(file, code);
    todo.push(...[...code.matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g)].map((m) => m[1]!));
  }
  return found;
}

const entries = async () =>
  [...(await html()).matchAll(/<script[^>]*src="\.\/assets\/([\w.-]+\.js)"/g)].map((m) => m[1]!);
const preloaded = async () =>
  [...(await html()).matchAll(/modulepreload"[^>]*href="\.\/assets\/([\w.-]+\.js)"/g)].map((m) => m[1]!);

const gzipped = (scripts: ReadonlyMap<string, string>): number =>
  [...scripts.values()].reduce((sum, code) => sum + gzipSync(code).length, 0);

/** Something that only the named part of the page has. */
const MARKS = {
  KaTeX: 'KaTeX parse error',
  recharts: 'recharts-wrapper',
  'the second language': '怎样读这个页面',
  lessons: '## What to watch',
  gallery: 'gallery.about',
  results: 'results.temperature.title',
  tfjs: 'registerBackend',
};

describe('the first visit', () => {
  it('loads at most 250 kB of script, gzipped, before the first picture', async () => {
    const first = await withImports(await entries());
    expect(first.size).toBeGreaterThan(2);
    expect(gzipped(first)).toBeLessThanOrEqual(250_000);
  });

  it('loads the page with what the first picture of it needs, at most 266 kB in all', async () => {
    const page = await withImports([...(await entries()), ...(await preloaded())]);
    expect(gzipped(page)).toBeLessThanOrEqual(266_000);
    const code = [...page.values()].join('\n');
    expect(code).toContain('aria-describedby'); // Run
    for (const [part, mark] of Object.entries(MARKS)) expect(code.includes(mark), part).toBe(false);
  });

  it.each(Object.entries(MARKS))('has %s somewhere else', async (_, mark) => {
    const found = await withImports([...(await entries()), ...(await preloaded())]);
    const others = (await readdir(join(folder, 'assets'))).filter((f) => f.endsWith('.js') && !found.has(f));
    const all = await Promise.all(others.map(text));
    expect(all.some((code) => code.includes(mark))).toBe(true);
  });

  it('takes Run before the engine has started, says that it waits, and keeps its word', async () => {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on('pageerror', (e) => errors.push(e.message));
    let letGo!: () => void;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    await page.route(/\/lab-worker\b[^/]*$/, async (route) => {
      await held;
      await route.continue();
    });
    await page.goto(
      `${host.url}?v=1&size=nano&threads=1&ppo.iterations=2&ppo.rolloutBatch=8&dpo.steps=4&sft.steps=2&preferences.pairs=64&preferences.heldOutPairs=16&reward.steps=2&evaluation.times=1&evaluation.prompts=8&evaluation.finalPrompts=8`,
    );
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.locator('#status[data-kind=waiting]').waitFor();
    letGo();
    await page.locator('#status[data-kind=done]').waitFor({ timeout: 120_000 });
    expect(errors).toEqual([]);
    await page.close();
  }, 180_000);
});
