import { chromium, type Browser, type CDPSession, type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../support/chromium';
import { amount, note } from '../support/noted';
import { heldIn } from './kept.support';
import { serveBuild, type Served } from './serve';

/** Full runs in one page; 20 in `npm run trial`. */
const RUNS = amount('soak', 0);

const ARMS = Array.from({ length: 8 }, (_, i) => `a${i + 1}:${i % 2 ? 'dpo' : 'ppo'}:A${i + 1}`);
/** No two arms are the same, or they would share a result. */
const AMOUNTS = ARMS.map((_, i) =>
  i % 2 ? `a${i + 1}.steps=${4 + i}` : `a${i + 1}.iterations=${2 + i / 2}`,
);
const SMALL =
  `?v=1&size=nano&threads=1&start=base&seed=3&arms=${ARMS.join(',')}&${AMOUNTS.join('&')}&ppo.rolloutBatch=8&sft.steps=4` +
  '&preferences.pairs=64&preferences.heldOutPairs=16&reward.steps=4&evaluation.times=2&evaluation.prompts=8&evaluation.finalPrompts=8';

let server: Served;
let browser: Browser;

beforeAll(async () => {
  server = await serveBuild();
  const { executablePath, args } = await findChromium();
  browser = await chromium.launch({ executablePath, args });
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await server?.close();
}, 60_000);

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const untilStatus = (page: Page, kind: string) =>
  page.locator(`#status[data-kind=${kind}]`).waitFor({ timeout: 240_000 });

/** Bytes that the page holds once what nobody holds is collected. */
async function heap(cdp: CDPSession): Promise<number> {
  await cdp.send('HeapProfiler.collectGarbage');
  await cdp.send('HeapProfiler.collectGarbage');
  return (await cdp.send('Runtime.getHeapUsage')).usedSize;
}

/** What a run has come to: digests of what is kept of every stage, and what the page says. */
async function figures(page: Page) {
  await expect
    .poll(async () => Object.keys((await heldIn(page)).results).length, { timeout: 60_000 })
    .toBe(ARMS.length + 4); // and SFT, its answers that all arms share, preferences, reward model
  return { results: (await heldIn(page)).results, said: await page.locator('#status').textContent() };
}

describe('a page with eight arms', () => {
  it.skipIf(RUNS === 0)(
    `runs again and again (${RUNS} times)`,
    async ({ task }) => {
      const page = await browser.newPage();
      const errors: string[] = [];
      page.on('pageerror', (e) => errors.push(e.message));
      page.on('crash', () => errors.push('the page crashed'));
      page.on('console', (m) => m.type() === 'error' && errors.push(m.text()));
      const cdp = await page.context().newCDPSession(page);
      await page.goto(server.url + SMALL, { waitUntil: 'commit' });
      await untilStatus(page, 'ready');
      const heaps: number[] = [];
      let differing = 0;
      let first: Awaited<ReturnType<typeof figures>> | undefined;
      for (let i = 1; i <= RUNS; i++) {
        await button(page, 'Run').click();
        await untilStatus(page, 'done');
        expect(await page.locator('[data-node^=a][data-status=done]').count()).toBe(8);
        const now = await figures(page);
        const { results, said } = (first ??= now);
        expect(now.said).toBe(said);
        const unlike = Object.keys(results).filter((key) => now.results[key] !== results[key]);
        differing = Math.max(differing, unlike.length);
        await button(page, 'Reset').click();
        await untilStatus(page, 'ready');
        heaps.push((await heap(cdp)) / 2 ** 20);
      }
      note(task, {
        'runs of eight arms': RUNS,
        'stored results unlike those of the first run': differing,
        'heap a quarter of the way, MB': heaps[Math.ceil(RUNS / 4) - 1]!,
        'heap at the end, MB': heaps.at(-1)!,
      });
      expect(errors).toEqual([]);
    },
    120_000 + 120_000 * RUNS,
  );
});
