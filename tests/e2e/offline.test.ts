import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findChromium } from '../support/chromium';
import { buildPage, serveFolder, type Served } from './serve';

/** From the shipped base of the size; the rest is trained here, shortly. */
const SMALL =
  '?v=1&size=nano&seed=7&sft.steps=2&preferences.pairs=64&preferences.heldOutPairs=16&reward.steps=2' +
  '&ppo.iterations=2&ppo.rolloutBatch=8&dpo.steps=4&evaluation.times=1&evaluation.prompts=8&evaluation.finalPrompts=8';

let folder: string;
/** What the host serves, and two deployments to put in its place. */
const live = () => join(folder, 'live');
const deployment = (name: 'a' | 'b') => join(folder, name);
let browser: Browser;
let context: BrowserContext;
let host: Served;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alignlet-offline-'));
  await buildPage(deployment('a'));
  await cp(deployment('a'), deployment('b'), { recursive: true });
  await asLaterVersion(deployment('b'));
  const { executablePath, args } = await findChromium();
  browser = await chromium.launch({ executablePath, args });
}, 240_000);

afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

beforeEach(async () => {
  await deploy('a');
  host = await serveFolder(live());
}, 60_000);

afterEach(async () => {
  await context?.close();
  await host?.close();
}, 60_000);

async function deploy(name: 'a' | 'b'): Promise<void> {
  await cp(deployment(name), `${live()}.new`, { recursive: true });
  await rm(live(), { recursive: true, force: true });
  await rename(`${live()}.new`, live());
}

/** Other names of the entry and of the script of the workers, wherever they stand, as other contents would give them. */
async function asLaterVersion(of: string): Promise<void> {
  const assets = await readdir(join(of, 'assets'));
  const names = assets.filter((file) => /^(index|lab-worker)-[\w-]+\.js$/.test(file));
  expect(names.length).toBe(2);
  const later = (text: string) => names.reduce((t, n) => t.replaceAll(n, n.replace('.js', 'b.js')), text);
  for (const file of [
    'index.html',
    'service-worker.js',
    ...assets.filter((f) => f.endsWith('.js')).map((f) => `assets/${f}`),
  ]) {
    const text = await readFile(join(of, file), 'utf8');
    const version = file === 'service-worker.js' ? text.replace(/(["'`])([0-9a-f]{16})\1/, '$1$20$1') : text;
    await writeFile(join(of, file), later(version));
  }
  for (const name of names) await rename(join(of, 'assets', name), join(of, 'assets', later(name)));
}

const untilStatus = (page: Page, kind: string) =>
  page.locator(`#status[data-kind=${kind}]`).waitFor({ timeout: 120_000 });

async function visit(serviceWorkers: 'allow' | 'block' = 'allow'): Promise<Page> {
  context = await browser.newContext({ serviceWorkers });
  const page = await context.newPage();
  await page.goto(host.url + SMALL);
  if (serviceWorkers === 'allow') await page.waitForFunction(() => crossOriginIsolated); // loaded once more
  await untilStatus(page, 'ready');
  return page;
}

/** Until the page and the model that it opened with are kept. */
const untilKept = (page: Page) =>
  expect
    .poll(
      () =>
        page.evaluate(async () => {
          const kept = await Promise.all(
            (await caches.keys()).map(async (name) => (await caches.open(name)).keys()),
          );
          const has = (part: string) => kept.flat().some(({ url }) => url.includes(part));
          return ['index.html', '/lab-worker', 'kernels', '/Tex-', '/base-nano', '/Comparison'].filter(
            (p) => !has(p),
          );
        }),
      { timeout: 90_000 },
    )
    .toEqual([]);

const entryOf = (page: Page) =>
  page.evaluate(() => [...document.scripts].map(({ src }) => src).find((src) => /\/index-/.test(src))!);

const notice = (page: Page) => page.locator('[data-notice=version]');

describe('after the first visit', { timeout: 300_000 }, () => {
  it('the page works without a connection, and says what is not there', async () => {
    const page = await visit();
    await untilKept(page);
    await host.close();
    await page.reload();
    await untilStatus(page, 'ready');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await untilStatus(page, 'done');
    expect(await page.locator('.katex').count()).toBeGreaterThan(0);
    await page.goto(`${host.url}?v=1&task=chat`);
    await untilStatus(page, 'unloaded');
    expect(await page.locator('[data-notice=unloaded]').textContent()).toMatch(
      /chat-tiny\.safetensors could not be fetched: no connection/,
    );
  });

  it('a new deployment under an open tab is told, and loaded with the configuration', async () => {
    const page = await visit();
    await untilKept(page);
    const before = await entryOf(page);
    await deploy('b');
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await notice(page).waitFor({ timeout: 60_000 });
    expect(await notice(page).textContent()).toContain('Your work is kept');
    expect(await entryOf(page)).toBe(before);
    await page.getByRole('button', { name: 'Load the new version' }).click();
    await expect.poll(() => entryOf(page).catch(() => before), { timeout: 60_000 }).not.toBe(before);
    await untilStatus(page, 'ready');
    expect(new URL(page.url()).searchParams.get('seed')).toBe('7');
    const caches_ = await page.evaluate(() => caches.keys());
    expect(caches_).toHaveLength(1);
  });

  it('without a service worker, a script that is gone leads to the same notice', async () => {
    const page = await visit('block');
    const before = await entryOf(page);
    const tell = () => page.evaluate(() => dispatchEvent(new Event('vite:preloadError'))); // as Vite does
    await tell();
    expect(await notice(page).count()).toBe(0); // it is still this version
    await deploy('b');
    await tell();
    await notice(page).waitFor({ timeout: 60_000 });
    await page.getByRole('button', { name: 'Load the new version' }).click();
    await expect.poll(() => entryOf(page).catch(() => before), { timeout: 60_000 }).not.toBe(before);
    await untilStatus(page, 'ready');
  });
});
