import { chromium, type Browser, type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../support/chromium';
import { seriousViolations } from './axe';
import { serveBuild, type Served } from './serve';

/** A few seconds of work, in which β decides how far DPO goes. */
const SMALL =
  '?v=1&size=nano&threads=1&sft.steps=40&preferences.pairs=300&preferences.heldOutPairs=32&reward.steps=20' +
  '&ppo.iterations=2&ppo.rolloutBatch=16&dpo.steps=20&dpo.learningRate=0.003' +
  '&evaluation.times=2&evaluation.prompts=32&evaluation.finalPrompts=64';

let server: Served;
let browser: Browser;
let page: Page;
const errors: string[] = [];

beforeAll(async () => {
  const { executablePath, args } = await findChromium();
  [server, browser] = await Promise.all([serveBuild(), chromium.launch({ executablePath, args })]);
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.on('pageerror', (e) => errors.push(e.message));
  await page.goto(server.url + SMALL);
  await page.locator('#status[data-kind=ready]').waitFor({ timeout: 120_000 });
}, 400_000);
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

const bar = () => page.locator('[data-sweep]');
const cells = (status: string) => page.locator(`td[data-status=${status}]`);

/** Colours move for a moment. */
const standingStill = async () => {
  await page.evaluate(
    () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
  );
  await page.waitForFunction(() => !document.getAnimations().some((a) => a instanceof CSSTransition));
};

async function inAllThemes(): Promise<void> {
  await standingStill();
  expect(await seriousViolations(page), 'light').toEqual([]);
  for (const [looks, set] of [
    [
      'dark',
      () => page.evaluate(() => document.documentElement.setAttribute('data-mantine-color-scheme', 'dark')),
    ],
    ['projector', () => page.evaluate(() => document.documentElement.setAttribute('data-projector', ''))],
  ] as const) {
    await set();
    await standingStill();
    expect(await seriousViolations(page), looks).toEqual([]);
  }
  await page.evaluate(() => {
    document.documentElement.setAttribute('data-mantine-color-scheme', 'light');
    delete document.documentElement.dataset['projector'];
  });
}

describe('a sweep', () => {
  it('is put together from the menu of a method, and says what it costs before it runs', async () => {
    await page.getByRole('button', { name: /DPO/ }).and(page.locator('[aria-haspopup=menu]')).click();
    await page.getByRole('menuitem', { name: /Sweep/ }).click();
    const form = page.getByRole('dialog', { name: 'Sweep' });
    await form.getByText('list', { exact: true }).click();
    const values = form.getByRole('textbox', { name: 'Values' });
    await values.fill('0.02, 99');
    await form.getByText(/must be a number between/).waitFor();
    expect(await form.getByRole('button', { name: /^Start/ }).isDisabled()).toBe(true);
    await values.fill('0.02, 0.2, 2');
    await form.getByLabel('Seeds').selectOption('2');
    await form.getByText('6 runs: 3 methods × 2 seeds.').waitFor();
    expect(await form.textContent()).toMatch(/MB of memory/);
    expect(await seriousViolations(page)).toEqual([]);
    await form.getByRole('button', { name: 'Start 6 runs' }).click();
  });

  it('waits in a queue, stops, and skips what is not wanted', async () => {
    await cells('waiting').first().waitFor();
    expect(await bar().getAttribute('data-sweep')).toBe('running');
    await page.getByRole('button', { name: 'Skip DPO β=2, seed 2' }).click();
    await expect.poll(() => cells('skipped').count()).toBe(1);
    await bar().getByRole('button', { name: 'Stop' }).click();
    await page.locator('[data-sweep=stopped]').waitFor();
    await expect.poll(() => page.locator('#status').getAttribute('data-kind')).not.toBe('running');
  });

  it('goes on after the page was closed, and what was skipped can be had after all', async () => {
    await page.reload();
    await page.locator('[data-sweep=stopped]').waitFor({ timeout: 120_000 });
    await bar()
      .getByRole('button', { name: /^Sweep of/ })
      .click();
    await expect.poll(() => cells('skipped').count()).toBe(1);
    await page.getByRole('button', { name: /^Run it after all/ }).click();
    await bar().getByRole('button', { name: 'Go on' }).click();
    await expect.poll(() => cells('done').count(), { timeout: 200_000, interval: 500 }).toBe(6);
    await bar().waitFor({ state: 'detached' });
  }, 300_000);

  it('draws a curve over the values with intervals over the seeds', async () => {
    await expect.poll(() => page.locator('[data-point]').count()).toBe(3);
    await expect.poll(() => page.locator('[data-interval]').count()).toBe(3);
    await page.getByText('Mean of 2 seeds').waitFor();
    const figure = page.getByRole('combobox', { name: 'Figure' });
    await figure.selectOption('kl');
    expect(await page.locator('[data-swept]').first().textContent()).toMatch(/DPO β=0\.02.*±/);
    const kl = await page.locator('[data-swept] td:nth-of-type(1)').allTextContents();
    const [far, , near] = kl.map(Number.parseFloat);
    expect(far).toBeGreaterThan(near!); // β holds it back
    await inAllThemes();
  });

  it('singles out the curves of a point', async () => {
    await page.locator('[data-point=dpo-2] circle').first().click({ force: true });
    await page.locator('[data-chart=reward]').waitFor();
    const held = page.getByRole('group', { name: 'Methods: single one out' }).locator('[aria-pressed=true]');
    await expect.poll(() => held.textContent()).toContain('β=0.2');
  });

  it('has results in the free lab, too', async () => {
    await page.getByText('Results', { exact: true }).click();
    await page.locator('[data-group=headToHead]').waitFor();
    await page.locator('[data-group=budget]').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
  });
});

describe('the table of runs', () => {
  const dialog = () => page.getByRole('dialog', { name: 'All runs' });
  const rows = () => dialog().locator('tr[data-row]');

  it('names runs by what differs, and ranks them by win rate within a limit of KL', async () => {
    await page.locator('#charts').getByText('Sweep', { exact: true }).click();
    await page.locator('#charts').getByRole('button', { name: 'All runs' }).click();
    await expect.poll(() => rows().count()).toBe(3);
    expect((await rows().evaluateAll((all) => all.map((row) => row.dataset['row']!))).sort()).toEqual([
      expect.stringMatching(/^DPO β=0\.02 /),
      expect.stringMatching(/^DPO β=0\.2 /),
      expect.stringMatching(/^DPO β=2 /),
    ]);
    const table = await rows().evaluateAll((all) =>
      all.map((row) => {
        const of = (name: string) => row.querySelector(`[data-column=${name}]`)!.textContent!;
        return {
          name: row.dataset['row']!,
          kl: Number.parseFloat(of('kl')),
          winRate: Number.parseFloat(of('winRate')),
        };
      }),
    );
    const limit = Math.max(...table.map(({ kl }) => kl)) - 0.05;
    await dialog().getByLabel('KL at most').fill(String(limit));
    const within = table.filter(({ kl }) => kl <= limit);
    const top = Math.max(...within.map(({ winRate }) => winRate));
    const best = page.locator('tr[data-rank="1"]').first();
    expect(within.filter((row) => row.winRate === top).map(({ name }) => name)).toContain(await best.getAttribute('data-row')); // prettier-ignore
    expect(await page.locator('tr[data-out]').count()).toBe(table.length - within.length);
    expect(table.length - within.length).toBeGreaterThan(0);
  });

  it('sorts, filters, shows what differs, and compares at equal KL', async () => {
    await page.locator('th[data-column=kl] button').click();
    await page.locator('th[data-column=kl] button').click();
    const order = await page.locator('td[data-column=kl]').allTextContents();
    const sorted = order.map(Number.parseFloat);
    expect([...sorted].sort((a, b) => a - b)).toEqual(sorted);
    await rows().nth(0).getByRole('checkbox').check();
    await rows().nth(2).getByRole('checkbox').check();
    await page.locator('[data-diff="1"] [data-differs=beta]').waitFor();
    await dialog().getByLabel('Compare at equal').selectOption('kl');
    await page.getByText(/Figures at KL/).waitFor();
    const equal = (await page.locator('td[data-column=kl]').allTextContents()).map(Number.parseFloat);
    expect(Math.max(...equal) - Math.min(...equal)).toBeLessThanOrEqual(
      Math.max(...sorted) - Math.min(...sorted),
    );
    await inAllThemes();
    await dialog().getByLabel('Search by name').fill('β=2');
    await expect.poll(() => rows().count()).toBe(1);
  });

  it('opens a run again', async () => {
    await page.getByRole('button', { name: /^Open DPO β=2/ }).click();
    await page.locator('[data-chart=reward]').waitFor();
    expect(page.url()).toContain('dpo-3');
    expect(errors).toEqual([]);
  });

  it('fits a phone, as the form and the curve do', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    const fits = () => page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);
    await page.locator('#charts').getByText('Sweep', { exact: true }).click();
    await page.locator('[data-point]').first().waitFor();
    expect(await fits()).toBe(true);
    await page.getByRole('button', { name: 'Another sweep …' }).click();
    const form = page.getByRole('dialog', { name: 'Sweep' });
    await form.waitFor();
    expect(await form.evaluate((e) => e.scrollWidth <= e.clientWidth)).toBe(true);
    await page.keyboard.press('Escape');
    await page.locator('#charts').getByRole('button', { name: 'All runs' }).click();
    await rows().first().waitFor();
    expect(await dialog().evaluate((e) => e.scrollWidth <= e.clientWidth)).toBe(true);
  });
});
