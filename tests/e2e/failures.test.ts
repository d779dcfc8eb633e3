import { chromium, type Browser, type Page, type Route, type Worker } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../support/chromium';
import { serveBuild, serveSources, type Served } from './serve';

/**
 * Workers that die and files that do not come, in the page as it is developed and as it is shipped. Stages are long
 * enough to be killed in the middle.
 */
const RUN =
  '?v=1&size=nano&threads=1&sft.steps=400&preferences.pairs=64&preferences.heldOutPairs=16&reward.steps=4' +
  '&ppo.iterations=2&ppo.rolloutBatch=8&dpo.steps=4&evaluation.times=1&evaluation.prompts=8&evaluation.finalPrompts=8';

const WORKER_SCRIPT = /\/lab-worker\b[^/]*$/;
const isCheckpoint = (url: URL): boolean =>
  url.pathname.endsWith('.safetensors') && !url.searchParams.has('import');

let browser: Browser;

beforeAll(async () => {
  const { executablePath, args } = await findChromium();
  browser = await chromium.launch({ executablePath, args });
}, 60_000);
afterAll(() => browser?.close());

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const status = (page: Page) => page.locator('#status');
const node = (page: Page, id: string) => page.locator(`[data-node="${id}"]`);
const untilStatus = (page: Page, kind: string) =>
  page.locator(`#status[data-kind=${kind}]`).waitFor({ timeout: 120_000 });

describe.each([
  ['from its sources', serveSources],
  ['as it is shipped', serveBuild],
])('the page %s', (_, serve) => {
  const isShipped = serve === serveBuild;
  /** What the page does by its own code alone, which is the same from its sources. */
  const itAsShipped = it.runIf(isShipped);
  let server: Served;
  let page: Page;
  let errors: string[];

  beforeAll(async () => {
    server = await serve();
    await (await open()).close(); // whatever the server has to prepare
  }, 240_000);
  afterAll(() => server?.close());
  afterEach(() => page?.close());

  async function open(
    search = RUN,
    prepare?: (page: Page) => Promise<unknown>,
    ready = 'ready',
  ): Promise<Page> {
    page = await browser.newPage();
    errors = [];
    page.on('pageerror', (e) => errors.push(e.message));
    await prepare?.(page);
    await page.goto(server.url + search, { waitUntil: 'commit' });
    await untilStatus(page, ready);
    return page;
  }

  /** Ends a worker from inside, as a browser does that is short of memory: no event tells of it. */
  async function kill(which: 'trainer' | 'sampler'): Promise<Worker> {
    const workers = page.workers();
    expect(workers.length).toBeGreaterThanOrEqual(2);
    const worker = workers.at(which === 'trainer' ? 0 : -1)!;
    await worker.evaluate(() => self.close());
    return worker;
  }

  /** Workers that hold the lock by which the page knows that they live. */
  const livingWorkers = () =>
    page.evaluate(async () => {
      const { held = [] } = await navigator.locks.query();
      return held.filter(({ name }) => name?.startsWith('alignlet worker')).length;
    });

  /** Keeps the worker that answers from doing so for a while. */
  async function holdUp(): Promise<Worker> {
    const sampler = page.workers().at(-1)!;
    void sampler
      .evaluate(() => {
        const end = performance.now() + 3000;
        while (performance.now() < end);
      })
      .catch(() => undefined); // ended meanwhile
    return sampler;
  }

  /** The answer of the base model, as soon as it is another one. */
  async function answered(before: string): Promise<string> {
    const words = page.locator('[data-model=pretrain] [aria-pressed]');
    await expect
      .poll(async () => (await words.allTextContents()).join(' '), { timeout: 30_000 })
      .not.toBe(before);
    return (await words.allTextContents()).join(' ');
  }

  const notice = () => page.locator('[data-notice=unloaded]');

  const sftIsRunning = () =>
    expect.poll(() => node(page, 'sft').textContent(), { timeout: 30_000 }).toMatch(/\d+ \/ 400/);

  /** Shorter, so that it comes to an end. */
  async function setSftSteps(steps: number): Promise<void> {
    await node(page, 'sft').click();
    await page.locator('[data-setting=steps] input[inputmode]').fill(String(steps));
    await expect.poll(() => new URL(page.url()).searchParams.get('sft.steps')).toBe(String(steps));
  }

  it('fails the stage whose worker dies, and trains it in another one', async () => {
    await open();
    await button(page, 'Run').click();
    await sftIsRunning();
    const dead = await kill('trainer');
    await untilStatus(page, 'failed');
    expect(await node(page, 'sft').getAttribute('data-status')).toBe('failed');
    expect(await node(page, 'sft').textContent()).toContain('The worker that computed this has ended');
    await setSftSteps(4);
    await button(page, 'Run').click();
    await untilStatus(page, 'done');
    expect(page.workers()).not.toContain(dead);
    expect(errors).toEqual([]);
  }, 180_000);

  itAsShipped(
    'gives up when workers die one after the other, says so, and starts afresh when asked',
    async () => {
      await open();
      let killed = 0;
      const hasGivenUp = async () => (await status(page).getAttribute('data-kind')) === 'engineFailed';
      for (;;) {
        // after the last death none comes, and the page needs a moment to say so; one that died before it held its
        // lock is noticed when its time to start is up (60 s)
        const areThere = async () =>
          (await livingWorkers()) >= page.workers().length && page.workers().length > 0;
        await expect
          .poll(async () => (await areThere()) || (await hasGivenUp()), { timeout: 100_000 })
          .toBe(true);
        if (await hasGivenUp()) break;
        for (const worker of page.workers()) await worker.evaluate(() => self.close()).catch(() => undefined);
        expect(++killed).toBeLessThan(20);
        await page.waitForTimeout(200);
      }
      expect(await status(page).textContent()).toContain('Workers have ended 3 times in a row');
      expect(await button(page, 'Run').isEnabled()).toBe(false);
      await button(page, 'Try again').click();
      await untilStatus(page, 'ready');
      expect(await button(page, 'Run').isEnabled()).toBe(true);
      expect(errors).toEqual([]);
    },
    400_000,
  );

  itAsShipped(
    'resets out of a run whose worker has died, and runs again',
    async () => {
      await open();
      await button(page, 'Run').click();
      await sftIsRunning();
      await kill('trainer');
      await button(page, 'Reset').click();
      await expect.poll(() => node(page, 'sft').getAttribute('data-status')).toBe('missing');
      await setSftSteps(4);
      await button(page, 'Run').click();
      await untilStatus(page, 'done');
      expect(errors).toEqual([]);
    },
    180_000,
  );

  itAsShipped(
    'asks another worker when the one that answers dies before it has',
    async () => {
      await open();
      const text = await answered('');
      const worker = await holdUp();
      await button(page, 'Resample').click();
      await worker.evaluate(() => self.close());
      await answered(text);
      expect(errors).toEqual([]);
    },
    180_000,
  );

  itAsShipped(
    'answers on another backend when it is changed while an answer is awaited',
    async () => {
      await open();
      const text = await answered('');
      await holdUp();
      await button(page, 'Resample').click();
      await page.getByRole('button', { name: /^Backend/ }).click();
      await page.getByText('CPU', { exact: true }).click();
      await page.locator('#status[data-kind=engineStarting]').waitFor();
      await untilStatus(page, 'ready');
      await answered(text);
      expect(errors).toEqual([]);
    },
    180_000,
  );

  it('says that the script of the workers does not come, and tries again when asked', async () => {
    await open(RUN, (p) => p.route(WORKER_SCRIPT, (route) => route.abort()), 'engineFailed');
    expect(await status(page).textContent()).toContain('The script that trains could not be loaded');
    await button(page, 'Try again').click();
    await untilStatus(page, 'engineFailed');
    await page.unroute(WORKER_SCRIPT);
    await button(page, 'Reset').click();
    await untilStatus(page, 'ready');
    expect(await button(page, 'Run').isEnabled()).toBe(true);
    expect(errors).toEqual([]);
  }, 180_000);

  const refusals: [string, (route: Route) => Promise<void>, RegExp][] = [
    [
      'cannot be fetched',
      (route) => route.abort(),
      /base-nano\.safetensors could not be fetched: no connection/,
    ],
    [
      'is not there',
      (route) => route.fulfill({ status: 404 }),
      /base-nano\.safetensors .* the server answers 404/,
    ],
    [
      'is a web page',
      (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }),
      /In place of base-nano\.safetensors the server sends a web page/,
    ],
    [
      'is cut off',
      async (route) => {
        const body = await (await route.fetch()).body();
        await route.fulfill({ body: body.subarray(0, body.length >> 1) });
      },
      /base-nano\.safetensors: .*truncated/,
    ],
  ];

  itAsShipped.each(refusals)(
    'names a shipped file that %s, and asks for it again',
    async (_, refuse, sentence) => {
      let refused = 0;
      const counted: typeof refuse = (route) => {
        refused++;
        return refuse(route);
      };
      await open(RUN, (p) => p.route(isCheckpoint, counted), 'unloaded');
      expect(await notice().textContent()).toMatch(sentence);
      expect(await button(page, 'Run').isEnabled()).toBe(false);
      const before = refused;
      await button(page, 'Try again').press('Enter');
      await expect.poll(() => refused, { timeout: 30_000 }).toBeGreaterThan(before);
      await page.locator('#status[data-kind=unloaded]').waitFor();
      await page.unroute(isCheckpoint);
      // the second attempt may still be under way, and then the file comes with it
      const tryAgain = () =>
        button(page, 'Try again')
          .press('Enter', { timeout: 3000 })
          .catch(() => undefined);
      await expect
        .poll(
          async () => {
            if ((await notice().count()) > 0) await tryAgain();
            return status(page).getAttribute('data-kind');
          },
          { timeout: 60_000, interval: 500 },
        )
        .toBe('ready');
      expect(await notice().count()).toBe(0);
      expect(await node(page, 'pretrain').getAttribute('data-status')).toBe('done');
      expect(errors).toEqual([]);
    },
    120_000,
  );

  itAsShipped(
    'trains live what could not be loaded, if that is wanted',
    async () => {
      await open(RUN, (p) => p.route(isCheckpoint, (route) => route.abort()), 'unloaded');
      await button(page, 'Train live instead').press('Enter');
      await untilStatus(page, 'ready');
      await button(page, 'Run').click();
      await expect.poll(() => node(page, 'pretrain').getAttribute('data-status')).toBe('running');
      expect(errors).toEqual([]);
    },
    180_000,
  );

  itAsShipped(
    'without a connection, says for another task what is missing, in the language of the page',
    async () => {
      await open('?v=1&threads=1&lang=zh');
      await page.route(isCheckpoint, (route) => route.abort());
      await page.getByText('对话', { exact: true }).first().click();
      await untilStatus(page, 'unloaded');
      expect(await notice().textContent()).toMatch(/无法获取 [\w.-]+\.safetensors：没有网络连接/);
      expect(await button(page, '运行').isEnabled()).toBe(false);
      await page.unroute(isCheckpoint);
      await button(page, '重试').click();
      await untilStatus(page, 'ready');
      for (const id of ['pretrain', 'sft', 'preferences', 'reward'])
        expect(await node(page, id).getAttribute('data-status'), id).toBe('done');
      expect(errors).toEqual([]);
    },
    180_000,
  );

  itAsShipped(
    'names recorded runs that do not come, and loads them when asked again',
    async () => {
      const file = /\/(seed-1|recording)[-.][^/]*$/;
      // from the sources, addresses are modules of their own
      const load = (p: Page) =>
        p.route(file, (route) =>
          route.request().resourceType() === 'fetch' ? route.abort() : route.continue(),
        );
      await open('?v=1&demo=dpo&threads=1', load);
      const seeds = page.locator('[data-notice=runs]');
      expect(await seeds.textContent()).toContain('dpo/results/seed-1.json could not be fetched');
      await button(page, 'Replay the recorded run').click();
      await page.getByText('dpo/recording.json could not be fetched').waitFor();
      await page.unroute(file);
      await button(page, 'Try again').press('Enter');
      await expect.poll(() => seeds.count(), { timeout: 30_000 }).toBe(0);
      await button(page, 'Replay the recorded run').click();
      await untilStatus(page, 'replay');
      expect(errors).toEqual([]);
    },
    180_000,
  );
});
