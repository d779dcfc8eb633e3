import { chromium, type Browser, type BrowserContext, type Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findChromium } from '../support/chromium';
import { seriousViolations } from './axe';
import { heldIn } from './kept.support';
import { serveBuild, type Served } from './serve';

/** Short, but for PPO and DPO, which can be interrupted. */
const LONG =
  '?v=1&size=nano&threads=1&seed=3&start=base&sft.steps=20&preferences.pairs=64&preferences.heldOutPairs=16' +
  '&reward.steps=4&ppo.iterations=2000&ppo.rolloutBatch=8&dpo.steps=4&evaluation.times=1&evaluation.prompts=8' +
  '&evaluation.finalPrompts=8';
const SHORT = LONG.replace('ppo.iterations=2000', 'ppo.iterations=2');

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
beforeEach(async () => {
  context = await browser.newContext();
  errors = [];
});
afterEach(async () => {
  await context.close();
  expect(errors).toEqual([]);
});

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const untilStatus = (page: Page, kind: string) =>
  page.locator(`#status[data-kind=${kind}]`).waitFor({ timeout: 120_000 });
const notice = (page: Page, name: string) => page.locator(`[data-notice=${name}]`);
const node = (page: Page, id: string, status: string) =>
  page.locator(`[data-node="${id}"][data-status=${status}]`).first();
const bodyKey = (page: Page, key: string) => page.locator('body').press(key);

async function open(
  search = SHORT,
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

/** Until a stage that can be interrupted has a checkpoint on the disk. */
async function untilCheckpoint(page: Page): Promise<void> {
  await node(page, 'ppo', 'running').waitFor({ timeout: 120_000 });
  await expect
    .poll(async () => Object.values((await heldIn(page)).rows).some((rows) => rows > 2), { timeout: 60_000 })
    .toBe(true);
}

async function runToEnd(page: Page): Promise<void> {
  await button(page, 'Run').click();
  await untilStatus(page, 'done');
  await expect.poll(async () => Object.keys((await heldIn(page)).results).length).toBe(5);
}

describe('work that is kept', () => {
  it('is there after a reload, and nothing is trained again; reset and undo leave it alone', async () => {
    const page = await open();
    await runToEnd(page);
    const status = await page.locator('#status').textContent();
    await page.reload();
    await untilStatus(page, 'done');
    expect(await page.locator('#status').textContent()).toBe(status);
    const before = await heldIn(page);
    await bodyKey(page, 'r');
    await node(page, 'dpo', 'missing').waitFor();
    await button(page, 'Undo').click();
    await untilStatus(page, 'done');
    await bodyKey(page, 'r');
    await node(page, 'dpo', 'missing').waitFor();
    await bodyKey(page, 'Control+z');
    await untilStatus(page, 'done');
    expect(await page.locator('#status').textContent()).toBe(status);
    expect(await heldIn(page)).toEqual(before);
  }, 240_000);

  it('goes on from its checkpoint after the tab was closed, here or from another address', async () => {
    let page = await open(LONG);
    await button(page, 'Run').click();
    await untilCheckpoint(page);
    await page.close({ runBeforeUnload: false });
    page = await open('');
    await notice(page, 'earlier').getByRole('button', { name: 'Open it' }).click();
    await node(page, 'ppo', 'interrupted').waitFor();
    expect(page.url()).toContain('ppo.iterations=2000');
    const { rows } = await heldIn(page);
    await notice(page, 'interrupted').getByRole('button', { name: 'Go on' }).click();
    await node(page, 'ppo', 'running').waitFor();
    expect(await notice(page, 'interrupted').isVisible()).toBe(false);
    const [[key, reached]] = Object.entries(rows) as [[string, number]];
    const further = async () => {
      const held = await heldIn(page);
      return key in held.results ? Infinity : held.rows[key];
    };
    await expect.poll(further, { timeout: 60_000 }).toBeGreaterThan(reached);
  }, 240_000);

  it('is stored by one tab at a time; the other one says so', async () => {
    const page = await open(LONG);
    await button(page, 'Run').click();
    await untilCheckpoint(page);
    await button(page, 'Pause').click(); // it is the run's all the same, and the other one is drawn faster
    await untilStatus(page, 'paused');
    const other = await open(LONG);
    const said = notice(other, 'interrupted');
    await said.getByText('another tab').waitFor();
    for (const look of ['dark', 'light'] as const) expect(await violationsIn(other, look), look).toEqual([]);
    expect(await said.getByRole('button', { name: 'Go on' }).isVisible()).toBe(false);
    await button(other, 'Run').click(); // it may; it is not stored
    await notice(other, 'storage').getByText('Another tab').waitFor({ timeout: 60_000 });
    await other.close();
  }, 240_000);

  it('can be looked through, opened, taken elsewhere, deleted and brought back', async () => {
    const page = await open();
    await runToEnd(page);
    await putOwn(page, 'labels', ['a', 'b']);
    await open(SHORT.replace('seed=3', 'seed=4')).then(async (second) => {
      await runToEnd5(second, 10);
      await second.close();
    });
    await button(page, 'Stored work').click();
    const dialog = page.getByRole('dialog');
    await expect.poll(() => dialog.locator('[data-run]').count()).toBe(2);
    await dialog.getByRole('button', { name: 'Open', exact: true }).click();
    await expect.poll(() => page.url()).toContain('seed=4');
    await untilStatus(page, 'done');
    await button(page, 'Stored work').click();
    await dialog
      .locator('[data-run]')
      .last()
      .getByRole('button', { name: /^Delete/ })
      .click();
    await dialog.getByRole('button', { name: 'Delete for good?' }).click();
    await expect.poll(() => dialog.locator('[data-run]').count()).toBe(1);
    const before = await heldIn(page);
    const saving = page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'Export all' }).click();
    const file = await (await saving).path();
    await dialog.locator('[data-own=labels]').getByText('items: 2').waitFor();
    await dialog
      .locator('[data-own]')
      .getByRole('button', { name: /^Delete/ })
      .click();
    await dialog.getByRole('button', { name: 'Delete all of them?' }).click();
    await dialog.locator('[data-own]').waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    await notice(page, 'undo').getByRole('button', { name: 'Undo' }).click();
    await button(page, 'Stored work').click();
    await dialog.locator('[data-own=labels]').getByText('items: 2').waitFor();
    await dialog.getByRole('button', { name: 'Delete all', exact: true }).click();
    await dialog.getByRole('button', { name: 'Delete for good?' }).click();
    await expect.poll(() => heldIn(page)).toEqual({ results: {}, rows: {}, runs: 0 });
    await page.reload();
    await untilStatus(page, 'ready');
    await button(page, 'Stored work').click();
    await page.locator('input[type=file]').last().setInputFiles(file);
    await dialog.locator('[data-moved=in]').getByText('runs 1').waitFor();
    await dialog.locator('[data-own=labels]').getByText('items: 2').waitFor();
    const now = await heldIn(page); // labels are packed anew: the same pairs in other bytes
    expect([Object.keys(now.results).sort(), now.runs]).toEqual([Object.keys(before.results).sort(), 1]);
    await untilStatus(page, 'done'); // the run that is open is there again
    for (const look of ['light', 'dark', 'projector'] as const)
      expect(await violationsIn(page, look), look).toEqual([]);
  }, 240_000);
});

async function violationsIn(page: Page, look: 'light' | 'dark' | 'projector'): Promise<string[]> {
  if (look === 'projector') await page.keyboard.press('p');
  else await page.emulateMedia({ colorScheme: look, reducedMotion: 'reduce' });
  return seriousViolations(page);
}

/** Puts own things into the store as another tab would. */
const putOwn = (page: Page, kind: string, ids: string[]) =>
  page.evaluate(
    ([of, all]) =>
      new Promise<void>((resolve) => {
        const request = indexedDB.open('alignlet');
        request.onsuccess = () => {
          const tx = request.result.transaction('own', 'readwrite');
          for (const id of all) tx.objectStore('own').put({ kind: of, id, changed: 1, value: { id } });
          tx.oncomplete = () => {
            request.result.close();
            resolve();
          };
        };
      }),
    [kind, ids] as const,
  );

async function runToEnd5(page: Page, results: number): Promise<void> {
  await button(page, 'Run').click();
  await untilStatus(page, 'done');
  await expect
    .poll(async () => Object.keys((await heldIn(page)).results).length)
    .toBeGreaterThanOrEqual(results - 1);
}

describe('steps back', () => {
  it('an arm, a task and a lesson come back; Back and Forward go through what the address holds', async () => {
    const page = await open();
    await node(page, 'dpo', 'missing').click();
    await page
      .locator('[data-node="dpo"]')
      .getByRole('button', { name: /menu|more|DPO/i })
      .last()
      .click();
    await page.getByRole('menuitem', { name: /Remove/ }).click();
    await expect.poll(() => page.locator('[data-node="dpo"]').count()).toBe(0);
    await bodyKey(page, 'Control+z');
    await page.locator('[data-node="dpo"]').first().waitFor();
    await page.getByText('Chat', { exact: true }).click();
    await expect.poll(() => page.url()).toContain('task=chat');
    await button(page, 'Undo').click();
    await expect.poll(() => page.url()).not.toContain('task=chat');
    await page.goBack();
    await expect.poll(() => page.url()).toContain('task=chat');
    await expect.poll(() => page.getByRole('radio', { name: 'Chat' }).isChecked()).toBe(true);
    await page.goForward();
    await expect.poll(() => page.getByRole('radio', { name: 'Review' }).isChecked()).toBe(true);
  }, 120_000);
});

describe('a store that does not work', () => {
  it('when it is full at random moments: said, nothing corrupted, and made good when there is room', async () => {
    const page = await open(SHORT, 'ready', (p) =>
      p.addInitScript(() => {
        const put = IDBObjectStore.prototype.put;
        let seed = 7;
        Object.assign(window, { full: true });
        IDBObjectStore.prototype.put = function (...args) {
          seed = (seed * 48_271) % 0x7fffffff;
          if ((window as unknown as { full: boolean }).full && seed % 3 > 0)
            throw new DOMException('no room', 'QuotaExceededError');
          return put.apply(this, args);
        };
      }),
    );
    await button(page, 'Run').click();
    await notice(page, 'storage').getByText('no room left').waitFor({ timeout: 120_000 });
    await untilStatus(page, 'done');
    const status = await page.locator('#status').textContent();
    await page.evaluate(() => Object.assign(window, { full: false }));
    await notice(page, 'storage').getByRole('button', { name: 'Stored work' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    await notice(page, 'storage').getByRole('button', { name: 'Try again' }).click();
    await expect.poll(async () => Object.keys((await heldIn(page)).results).length).toBe(5);
    await expect.poll(() => notice(page, 'storage').isVisible()).toBe(false);
    await page.reload();
    await page.locator('#status:is([data-kind=ready], [data-kind=done])').waitFor({ timeout: 120_000 });
    if (!(await page.locator('#status[data-kind=done]').isVisible())) await button(page, 'Run').click();
    await untilStatus(page, 'done');
    expect(await page.locator('#status').textContent()).toBe(status);
  }, 240_000);

  it('when it is denied: the lab works in memory', async () => {
    const page = await open(SHORT, 'ready', (p) =>
      p.addInitScript(() =>
        Object.defineProperty(IDBFactory.prototype, 'open', {
          value: () => {
            throw new DOMException('denied', 'SecurityError');
          },
        }),
      ),
    );
    await notice(page, 'storage').getByText('does not let the page store').waitFor();
    await button(page, 'Run').click();
    await untilStatus(page, 'done');
    await page.goto(`${server.url}${SHORT}&lang=zh`, { waitUntil: 'commit' });
    await notice(page, 'storage').getByText('浏览器不允许').waitFor({ timeout: 60_000 });
  }, 120_000);

  it('when it is absent: the page says so', async () => {
    const page = await open(SHORT, 'ready', (p) =>
      p.addInitScript(() => Object.defineProperty(window, 'indexedDB', { value: undefined })),
    );
    await notice(page, 'storage').getByText('does not let the page store').waitFor();
  }, 120_000);

  it('when a newer version of the page has written it: left as it is', async () => {
    const blank = await context.newPage();
    await blank.goto(`${server.url}third-party-licences.txt`);
    await blank.evaluate(
      () =>
        new Promise<void>((resolve) => {
          const request = indexedDB.open('alignlet', 99);
          request.onupgradeneeded = () => request.result.createObjectStore('future');
          request.onsuccess = () => {
            request.result.close();
            resolve();
          };
        }),
    );
    const page = await open();
    await notice(page, 'storage').getByText('newer version of this page').waitFor();
    await button(page, 'Run').click();
    await untilStatus(page, 'done');
    expect(
      await page.evaluate(async () =>
        (await indexedDB.databases()).map(({ name, version }) => [name, version]),
      ),
    ).toEqual([['alignlet', 99]]);
  }, 120_000);

  it('when a newer version of the page takes it over: said, and the run goes on', async () => {
    const page = await open();
    await page.evaluate(() => void indexedDB.open('alignlet', 99));
    await notice(page, 'storage').getByText('newer version of this page').waitFor();
    await button(page, 'Run').click();
    await untilStatus(page, 'done');
  }, 120_000);
});
