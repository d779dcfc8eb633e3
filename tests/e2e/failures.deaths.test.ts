import { chromium, type Browser, type BrowserContext, type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../support/chromium';
import { amount, moments, note } from '../support/noted';
import { forget, heldIn, type Held } from './kept.support';
import { serveBuild, type Served } from './serve';

/** Workers that die in all; 50 in `npm run trial`. */
const DEATHS = amount('deaths', 0);
const SEED = amount('seed', 1);

/** Every kind of stage that the free lab has by itself: a few seconds. */
const RUN =
  '?v=1&size=nano&threads=1&start=base&seed=3&sft.steps=100&preferences.pairs=300&preferences.heldOutPairs=16' +
  '&reward.steps=60&ppo.iterations=6&ppo.rolloutBatch=16&dpo.steps=40&evaluation.times=2&evaluation.prompts=16' +
  '&evaluation.finalPrompts=32';

let server: Served;
let browser: Browser;
let context: BrowserContext;
const errors: string[] = [];

beforeAll(async () => {
  server = await serveBuild();
  const { executablePath, args } = await findChromium();
  browser = await chromium.launch({ executablePath, args });
  context = await browser.newContext();
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await server?.close();
}, 60_000);

const random = moments(SEED);
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const statusOf = (page: Page) => page.locator('#status').getAttribute('data-kind');
const untilStatus = (page: Page, kind: string) =>
  page.locator(`#status[data-kind=${kind}]`).waitFor({ timeout: 240_000 });

async function open(): Promise<Page> {
  const page = await context.newPage();
  page.on('pageerror', (e) => errors.push(e.message));
  await page.goto(server.url + RUN, { waitUntil: 'commit' });
  await untilStatus(page, 'ready');
  return page;
}

/** Sees to it that the page is training, whatever has become of the last worker; false when all is done. */
async function trains(page: Page): Promise<boolean> {
  for (;;) {
    const kind = await statusOf(page);
    if (kind === 'done') return false;
    if (kind === 'running') return true;
    if (kind === 'engineFailed')
      await button(page, 'Try again').click(); // three in a row
    else if ((kind === 'ready' || kind === 'failed') && (await button(page, 'Run').isEnabled()))
      await button(page, 'Run').click();
    await page.waitForTimeout(100);
  }
}

/** What a run has come to: digests of rows, summaries and artifacts by their keys, and what the page says. */
async function end(page: Page): Promise<{ results: Held['results']; said: string | null }> {
  await expect
    .poll(async () => Object.keys((await heldIn(page)).results).length, { timeout: 60_000 })
    .toBe(5);
  return { results: (await heldIn(page)).results, said: await page.locator('#status').textContent() };
}

describe('workers that die at random moments', () => {
  it.skipIf(DEATHS === 0)(
    `${DEATHS} of them change no figure`,
    async ({ task }) => {
      let page = await open();
      await button(page, 'Run').click();
      await untilStatus(page, 'done');
      const undisturbed = await end(page);
      const fresh = async () => {
        await page.close();
        await forget(context, server.url);
        page = await open();
      };
      await fresh();
      let [deaths, ended] = [0, 0];
      while (deaths < DEATHS) {
        if (!(await trains(page))) {
          expect(await end(page)).toEqual(undisturbed);
          ended++;
          await fresh();
          continue;
        }
        await page.waitForTimeout(50 + 2500 * random());
        const workers = page.workers();
        const victim = workers[Math.floor(random() * workers.length)];
        if (!victim || (await statusOf(page)) !== 'running') continue;
        await victim.evaluate(() => self.close()).catch(() => undefined); // gone already
        deaths++;
        await page.waitForTimeout(200); // the page hears of it
      }
      while (await trains(page)) await page.waitForTimeout(100);
      expect(await end(page)).toEqual(undisturbed);
      note(task, { deaths, 'runs ended': ended + 1, seed: SEED });
      expect(errors).toEqual([]);
    },
    240_000 + 30_000 * DEATHS,
  );
});
