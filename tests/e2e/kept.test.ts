import { chromium, type Browser, type BrowserContext, type Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../support/chromium';
import { serveBuild, type Served } from './serve';

/** A run of a quarter of a minute, most of it in two stages. */
const RUN =
  '?v=1&size=nano&threads=1&start=base&seed=3&sft.steps=150&preferences.pairs=64&preferences.heldOutPairs=16' +
  '&reward.steps=100&ppo.iterations=10&ppo.rolloutBatch=16&dpo.steps=60&evaluation.times=2&evaluation.prompts=16' +
  '&evaluation.finalPrompts=32';

let server: Served;
let browser: Browser;
let context: BrowserContext;
let errors: string[];

beforeAll(async () => {
  server = await serveBuild();
  const { executablePath, args } = await findChromium();
  browser = await chromium.launch({ executablePath, args });
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await server?.close();
}, 60_000);
afterEach(() => context?.close());

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const untilStatus = (page: Page, kind: string) =>
  page.locator(`#status[data-kind=${kind}]`).waitFor({ timeout: 240_000 });
const notice = (page: Page, name: string) => page.locator(`[data-notice=${name}]`);

async function newContext(): Promise<void> {
  await context?.close();
  context = await browser.newContext();
  errors = [];
}

async function open(
  search = RUN,
  ready = 'ready',
  prepare?: (page: Page) => Promise<unknown>,
): Promise<Page> {
  const page = await context.newPage();
  page.on('pageerror', (e) => errors.push(e.message));
  await prepare?.(page);
  await page.goto(server.url + search, { waitUntil: 'commit' });
  await untilStatus(page, ready);
  return page;
}

describe('work that is kept', () => {
  it('is there after a reload, and nothing is trained again', async () => {
    await newContext();
    const page = await open();
    await button(page, 'Run').click();
    await untilStatus(page, 'done');
    const status = await page.locator('#status').textContent();
    await page.reload();
    await untilStatus(page, 'done');
    expect(await page.locator('#status').textContent()).toBe(status);
    expect(errors).toEqual([]);
  }, 300_000);
});
