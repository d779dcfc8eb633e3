import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { chromium, type Browser, type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../support/chromium';
import { seriousViolations } from './axe';
import { serveBuild, type Served } from './serve';

/** Two stages before there are pairs, and one arm, all of them short. */
const LINK =
  '?v=1&size=nano&threads=1&arms=dpo:dpo:DPO&sft.steps=12&preferences.pairs=64&preferences.heldOutPairs=24' +
  '&reward.steps=6&dpo.steps=6&evaluation.times=1&evaluation.prompts=16&evaluation.finalPrompts=16';

/** Where somebody wants to look at it: ALIGNLET_SHOTS=folder. */
const SHOTS = process.env['ALIGNLET_SHOTS'];

let server: Served;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  const { executablePath, args } = await findChromium();
  [server, browser] = await Promise.all([serveBuild(), chromium.launch({ executablePath, args })]);
  page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
  await page.goto(server.url + LINK);
}, 400_000);
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

const asking = () => page.locator('[data-asked]');
const asked = () => asking().getAttribute('data-asked');
const left = () => page.locator('[data-side=left]').textContent();

async function open() {
  await page.locator('#status[data-kind=ready], #status[data-kind=done]').waitFor({ timeout: 120_000 });
  await page.getByRole('button', { name: 'Arm', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Label pairs yourself …' }).click();
}

async function shoot(name: string) {
  if (!SHOTS) return;
  mkdirSync(SHOTS, { recursive: true });
  for (const [width, height] of [
    [1440, 900],
    [1280, 720],
    [390, 844],
  ] as const) {
    // prettier-ignore
    await page.setViewportSize({ width, height });
    await page.waitForTimeout(300);
    await page.screenshot({ path: `${SHOTS}/${name}-${width}.png` });
  }
  await page.setViewportSize({ width: 1280, height: 720 });
}

describe('you are the labeler', () => {
  it('asks who labels, and lets SFT answer where nobody has compared its answers yet', async () => {
    await open();
    await page.getByRole('textbox', { name: 'Your name or initials' }).fill('ada');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Draw pairs of answers' }).click();
    await page.locator('[data-side=left]').waitFor({ timeout: 120_000 });
    await page.locator('#status[data-kind=ready]').waitFor({ timeout: 60_000 });
  }, 240_000);

  it('is answered by keys and by buttons; undo asks the same again; the page’s own keys keep still', async () => {
    const first = await left();
    await page.keyboard.press('ArrowLeft');
    expect(await asked()).toBe('1');
    expect(await left()).not.toBe(first);
    await page.keyboard.press('u');
    expect(await asked()).toBe('0');
    expect(await left()).toBe(first);
    await page.keyboard.press('ArrowRight');
    await page.locator('[data-truth]').waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('s'); // skips, and does not step
    await page.getByRole('button', { name: 'Left is better' }).click();
    expect(await asked()).toBe('4');
    for (const key of ['r', 'p', 'i']) await page.keyboard.press(key);
    expect(await page.locator('#status').getAttribute('data-kind')).toBe('ready');
    expect(await page.locator('html[data-projector]').count()).toBe(0);
    for (let n = 0; n < 6; n++) await page.keyboard.press(n % 2 ? 'ArrowLeft' : 'ArrowRight');
    expect(await asked()).toBe('10'); // one of them an earlier pair again
    await page.locator('[data-agreements]').getByRole('rowheader', { name: 'oneself, when asked again' }).waitFor(); // prettier-ignore
  }, 120_000);

  it('has no accessibility violations: light, dark, for the projector', async () => {
    await shoot('labeler-light');
    expect(await seriousViolations(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.locator('html[data-mantine-color-scheme=dark]').waitFor();
    await shoot('labeler-dark');
    expect(await seriousViolations(page)).toEqual([]);
    await page.evaluate(() => document.documentElement.setAttribute('data-projector', ''));
    expect(await seriousViolations(page)).toEqual([]);
    await shoot('labeler-projector');
  }, 240_000);

  it('is still there after a reload', async () => {
    await page.reload();
    await open();
    await page.locator('[data-side=left]').waitFor();
    expect(await asked()).toBe('10');
    await page.keyboard.press('u');
    await page.keyboard.press('ArrowLeft');
    expect(await asked()).toBe('10');
  }, 120_000);

  it('labels leave as JSON Lines; those of others are merged, conflicts and bad lines shown', async () => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save labels (JSONL)' }).click(),
    ]);
    const lines = (await readFile(await download.path(), 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(9); // one was skipped
    const rows = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rows[0]).toMatchObject({ labeler: 'ada', task: 'review' });
    const at = rows.findIndex((row) => !row['tie']);
    const turned = { ...rows[at], chosen: rows[at]!['rejected'], rejected: rows[at]!['chosen'] };
    const bob = rows.map((row) => ({ ...row, labeler: 'bob' }));
    const coming = [...bob, turned, ...rows.slice(at + 1), { prompt: 5 }].map((row) => JSON.stringify(row));
    await page
      .locator('input[type=file]')
      .last()
      .setInputFiles({
        name: 'bob.jsonl',
        mimeType: 'application/jsonl',
        buffer: Buffer.from(coming.join('\n')),
      });
    await page.getByText(/^bob\.jsonl: 9 new, \d were here already, 1 say something else\.$/).waitFor();
    await page.getByText(/^Line \d+: prompt/).waitFor();
    await page.locator('[data-conflicts]').getByRole('button', { name: 'Keep' }).click();
    await page.locator('[data-agreements]').getByRole('rowheader', { name: 'ada with bob' }).waitFor();
    await shoot('labeler-merged');
    expect(await seriousViolations(page)).toEqual([]);
  }, 120_000);

  it('one action trains a reward model and DPO on them', async () => {
    await page.getByRole('combobox', { name: 'Whose labels' }).selectOption({ index: 1 });
    await page.getByRole('button', { name: 'Train reward model and DPO on my labels' }).click();
    await page.getByText(/^DPO, own labels: \d was added\./).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('[data-own="dpo-2/own-labels"]').waitFor();
    await page.locator('[data-own="dpo-2/reward"]').waitFor();
    await page.locator('[data-node=dpo-2][data-status=done]').waitFor({ timeout: 120_000 });
    await shoot('labeler-trained');
    expect(page.url()).toContain('own-labels');
  }, 180_000);

  it('a link that names labels which are not here says so', async () => {
    const other = await browser.newPage();
    await other.goto(page.url());
    await other.locator('#status[data-kind=ready]').waitFor({ timeout: 120_000 });
    await other.getByRole('button', { name: 'Run', exact: true }).click();
    await other.locator('#status[data-kind=failed]').waitFor({ timeout: 180_000 });
    await other
      .getByText(/labels that this browser does not have/)
      .first()
      .waitFor();
    await other.close();
  }, 300_000);
});
