import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findChromium } from '../support/chromium';
import { amount, moments, note } from '../support/noted';
import { forget, heldIn, type Held } from './kept.support';
import { serveBuild, type Served } from './serve';

/** Kills in all; 200 in `npm run trial`. */
const KILLS = amount('kills', 2);
/** The same seed draws the same moments and kinds. */
const SEED = amount('seed', 1);

/** Every kind of stage that the free lab has by itself: they take about ten seconds. */
const RUN =
  '?v=1&size=nano&threads=1&start=base&seed=3&sft.steps=150&preferences.pairs=600&preferences.heldOutPairs=16' +
  '&reward.steps=100&ppo.iterations=10&ppo.rolloutBatch=16&dpo.steps=60&evaluation.times=2&evaluation.prompts=16' +
  '&evaluation.finalPrompts=32';

let server: Served;
let profile: string;
let context: BrowserContext | undefined;
const errors: string[] = [];

beforeAll(async () => {
  server = await serveBuild();
  profile = await mkdtemp(join(tmpdir(), 'alignlet-profile-'));
}, 240_000);
afterAll(async () => {
  await context?.close().catch(() => undefined);
  await server?.close();
  await rm(profile, { recursive: true, force: true, maxRetries: 5 });
}, 60_000);

const random = moments(SEED);
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function launch(): Promise<BrowserContext> {
  const { executablePath, args } = await findChromium();
  return chromium.launchPersistentContext(profile, { executablePath, args });
}

async function open(): Promise<Page> {
  context ??= await launch();
  const page = await context.newPage();
  page.on('pageerror', (e) => errors.push(e.message));
  await page.goto(server.url + RUN, { waitUntil: 'commit' });
  await page.locator('#status:is([data-kind=ready], [data-kind=done])').waitFor({ timeout: 120_000 });
  return page;
}

const isDone = (page: Page) => page.locator('#status[data-kind=done]').isVisible();
const run = (page: Page) => page.getByRole('button', { name: 'Run', exact: true }).click();

/** Ends the tab without a word, its process, or the whole browser. */
async function kill(page: Page): Promise<string> {
  const kind = random();
  if (kind < 0.6) {
    await page.close({ runBeforeUnload: false });
    return 'tab';
  }
  if (kind < 0.8) {
    const session = await page.context().newCDPSession(page);
    const crashed = page.waitForEvent('crash');
    void session.send('Page.crash').catch(() => undefined);
    await crashed;
    await page.close().catch(() => undefined);
    return 'process';
  }
  const killed = context!;
  context = undefined;
  for (const id of processesOf(profile)) process.kill(id, 'SIGKILL');
  await killed.close().catch(() => undefined);
  return 'browser';
}

/** Ids of the browser that uses this profile, which this test has started. */
function processesOf(folder: string): number[] {
  const list = execFileSync('ps', ['-eo', 'pid=,args=', '-ww'], { encoding: 'utf8' });
  return list
    .split('\n')
    .filter((line) => line.includes(`--user-data-dir=${folder}`))
    .map((line) => Number.parseInt(line, 10));
}

/** What was confirmed is still there: results as they were, checkpoints at least as far or finished. */
function expectKept(before: Held, now: Held): void {
  expect(now.results).toMatchObject(before.results);
  for (const [key, rows] of Object.entries(before.rows))
    if (!(key in now.results)) expect(now.rows[key] ?? 0, key).toBeGreaterThanOrEqual(rows);
  expect(now.runs).toBeGreaterThanOrEqual(before.runs);
}

async function emptied(page: Page): Promise<void> {
  await page.close();
  await forget(context!, server.url);
}

it(
  `loses nothing that was confirmed in ${KILLS} kills at random moments, and ends with an undisturbed run's figures`,
  async ({ task }) => {
    let page = await open();
    await run(page);
    await page.locator('#status[data-kind=done]').waitFor({ timeout: 240_000 });
    const figures = await page.locator('#status').textContent();
    const undisturbed = await heldIn(page);
    expect(Object.keys(undisturbed.results)).toHaveLength(5);
    await emptied(page);

    const killed: Record<string, number> = { tab: 0, process: 0, browser: 0 };
    let confirmed: Held = { results: {}, rows: {}, runs: 0 };
    let finished = 0;
    let resumed = 0;
    const count = () => killed['tab']! + killed['process']! + killed['browser']!;
    const check = async (done: Page) => {
      const held = await heldIn(done);
      expect(held.results).toEqual(undisturbed.results);
      expect(await done.locator('#status').textContent()).toBe(figures);
      finished++;
      confirmed = { results: {}, rows: {}, runs: 0 };
    };
    while (count() < KILLS) {
      page = await open();
      expectKept(confirmed, await heldIn(page));
      if (await isDone(page)) {
        await check(page);
        await emptied(page);
        continue;
      }
      if (await page.locator('[data-notice=interrupted]').isVisible()) resumed++;
      await run(page);
      const end = Date.now() + 200 + 6000 * random();
      do {
        await wait(50 + 200 * random());
        confirmed = await heldIn(page);
      } while (Date.now() < end);
      const kind = await kill(page);
      killed[kind]!++;
      if (count() % 20 === 0) console.info(`${count()} kills, ${resumed} resumed, ${finished} runs ended`);
    }
    page = await open();
    expectKept(confirmed, await heldIn(page));
    if (!(await isDone(page))) await run(page);
    await page.locator('#status[data-kind=done]').waitFor({ timeout: 240_000 });
    await expect.poll(() => heldIn(page).then(({ results }) => Object.keys(results).length)).toBe(5);
    await check(page);
    note(task, { kills: count(), 'resumed from a checkpoint': resumed, 'runs ended': finished, seed: SEED });
    console.info(
      `killed ${JSON.stringify(killed)}; went on from a checkpoint ${resumed} times; ${finished} runs ended`,
    );
    expect(errors).toEqual([]);
  },
  240_000 + 30_000 * KILLS,
);
