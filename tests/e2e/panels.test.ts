import { chromium, type Browser, type BrowserContext, type Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { version } from '../../package.json';
import { findChromium } from '../support/chromium';
import { serveBuild, serveSources, type Served } from './serve';

let browser: Browser;
let server: Served;
let context: BrowserContext;

beforeAll(async () => {
  const { executablePath, args } = await findChromium();
  browser = await chromium.launch({ executablePath, args });
}, 60_000);
afterAll(() => browser?.close());
afterEach(() => context?.close());

async function open(search: string, prepare?: (page: Page) => Promise<unknown>): Promise<Page> {
  context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
  const page = await context.newPage();
  await prepare?.(page);
  await page.goto(server.url + search, { waitUntil: 'commit' });
  return page;
}

/** The page gets, in place of a component, one that throws. */
const breaking = (file: string, component: string) => (page: Page) =>
  page.route(
    (url) => url.pathname.endsWith(`/${file}`),
    (route) =>
      route.fulfill({
        contentType: 'text/javascript',
        body: `export function ${component}() { throw new Error('broken on purpose'); }`,
      }),
  );

const LIVE = '?v=1&size=nano&threads=1';
const PANELS = [
  ['pipeline', 'pipeline-rail/Rail.tsx', 'Rail', LIVE],
  ['settings', 'settings/SettingsPanel.tsx', 'SettingsPanel', LIVE],
  ['charts', 'app/Charts.tsx', 'Charts', LIVE],
  ['samples', 'samples/Samples.tsx', 'Samples', LIVE],
  ['lesson', 'gallery/LessonPanel.tsx', 'LessonPanel', '?v=1&demo=dpo&threads=1&lang=zh'],
] as const;

/** What shows that a part of the page is there. */
const SIGNS: Record<string, string> = {
  pipeline: '[data-node="sft"]',
  charts: '#charts',
  status: '#status',
};

describe('the page from its sources', () => {
  beforeAll(async () => {
    server = await serveSources();
    const page = await open(LIVE); // whatever the server has to prepare
    await page.locator('#status[data-kind=ready]').waitFor({ timeout: 120_000 });
    await context.close();
  }, 240_000);
  afterAll(() => server?.close());

  it.each(PANELS)(
    'keeps all but the %s when that fails, and offers a report',
    async (name, file, component, search) => {
      const page = await open(search, breaking(file, component));
      const broken = page.locator(`[data-broken=${name}]`);
      await broken.waitFor({ timeout: 60_000 });
      await page.locator('#status[data-kind=ready]').waitFor({ timeout: 120_000 });
      expect(await page.locator('[data-broken]').count()).toBe(1);
      for (const [part, sign] of Object.entries(SIGNS))
        expect(await page.locator(sign).first().isVisible(), part).toBe(part !== name);
      expect(await broken.textContent()).toContain(
        search.includes('zh') ? '其余部分照常工作' : 'The others go on working',
      );
      await broken.getByRole('button').nth(1).click();
      await broken.getByText(/^(Copied|已复制)$/).waitFor();
      const report = await page.evaluate(() => navigator.clipboard.readText());
      for (const line of [`Alignlet ${version}`, `Part: ${name}`, 'Link: http', 'Error: broken on purpose'])
        expect(report).toContain(line);
      expect(report).toMatch(/Backend: (webgpu|webgl|wasm|cpu), (fused|plain), ./);
    },
    180_000,
  );

  it('says so when all of it fails', async () => {
    const page = await open(LIVE, breaking('app/App.tsx', 'App'));
    await page.locator('[data-broken=page]').waitFor({ timeout: 60_000 });
    expect(await page.getByRole('button', { name: 'Load the page anew' }).isVisible()).toBe(true);
  });
});

describe('the page as it is shipped', () => {
  beforeAll(async () => {
    server = await serveBuild();
  }, 240_000);
  afterAll(() => server?.close());

  it.each(['constructor', 'teacher', 'evaluation'])('refuses an arm called %s, and is there', async (id) => {
    const page = await open(`?v=1&threads=1&arms=${id}:ppo:A,dpo:dpo:DPO`);
    await page
      .getByRole('alert')
      .getByText('this name is taken by the lab itself')
      .waitFor({ timeout: 60_000 });
    await page.locator('[data-node="ppo"]').waitFor();
    expect(await page.locator('[data-broken]').count()).toBe(0);
  });
});
