import { chromium, type Browser, type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../support/chromium';
import { seriousViolations } from './axe';
import { serveBuild, type Served } from './serve';

/** A whole pipeline in a few seconds, whose PPO goes so far that something is wrong with it. */
const WILD =
  '?v=1&size=nano&threads=1&sft.steps=12&preferences.pairs=200&preferences.heldOutPairs=64&reward.steps=8' +
  '&ppo.iterations=6&ppo.rolloutBatch=16&ppo.learningRate=0.5&dpo.steps=10' +
  '&evaluation.times=3&evaluation.prompts=32&evaluation.finalPrompts=32';

let server: Served;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  const { executablePath, args } = await findChromium();
  [server, browser] = await Promise.all([serveBuild(), chromium.launch({ executablePath, args })]);
  page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
  await page.goto(server.url + WILD);
  await page.locator('#status[data-kind=ready]').waitFor({ timeout: 120_000 });
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.locator('#status[data-kind=done], #status[data-kind=failed]').waitFor({ timeout: 200_000 });
}, 400_000);
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

const chart = (name: string) => page.locator(`[data-chart=${name}]`);

describe('charts', () => {
  it('answer to keys: one cursor in all of them, values over each, answers of that update', async () => {
    const slider = chart('reward').getByRole('slider');
    await slider.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    for (const name of ['reward', 'kl', 'winRate', 'frontier'])
      expect(await chart(name).locator('[data-cursor]').getAttribute('data-cursor')).toBe(
        await chart('reward').locator('[data-cursor]').getAttribute('data-cursor'),
      );
    expect(await chart('kl').locator('[data-readout]').textContent()).toMatch(/^update \d+/);
    expect(await slider.getAttribute('aria-valuetext')).toMatch(/^update \d+, PPO .*DPO/);
    const update = await chart('kl').locator('[data-cursor]').getAttribute('data-cursor');
    await page
      .locator('[data-model=dpo]')
      .getByText(/^at update \d+$/)
      .waitFor();
    expect(Number(update)).toBeGreaterThan(0);
  });

  it('follow the pointer, look closer at a drag, and single an arm out', async () => {
    const spot = (await chart('kl').locator('[data-scrub]').boundingBox())!;
    const at = (share: number) => [spot.x + share * spot.width, spot.y + spot.height / 2] as const;
    await page.mouse.move(...at(0.9));
    const far = await chart('reward').locator('[data-cursor]').getAttribute('data-cursor');
    await page.mouse.move(...at(0.05));
    await expect
      .poll(() => chart('reward').locator('[data-cursor]').getAttribute('data-cursor'))
      .not.toBe(far);
    await page.mouse.move(...at(0.3));
    await page.mouse.down();
    await page.mouse.move(...at(0.7), { steps: 4 });
    await page.mouse.up();
    await page.getByRole('button', { name: 'All of it' }).click();
    const dpo = page
      .getByRole('group', { name: 'Methods: single one out' })
      .getByRole('button', { name: 'DPO' });
    await dpo.click();
    expect(await dpo.getAttribute('aria-pressed')).toBe('true');
    const opacity = (arm: string) =>
      chart('kl').locator(`.recharts-line.arm-${arm}`).first().evaluate((e) => getComputedStyle(e).opacity); // prettier-ignore
    expect(await opacity('ppo')).toBe('0.16');
    expect(await opacity('dpo')).toBe('1');
    await dpo.click();
  });

  it('have no accessibility violations while they do', async () =>
    expect(await seriousViolations(page)).toEqual([]));
});

describe('diagnosis', () => {
  it('stands beside the arm and shows its chart; the end is not announced as a calm Done', async () => {
    const finding = page.locator('[data-node=ppo] [data-finding]').first();
    await finding.waitFor();
    expect(await page.locator('[data-node=dpo] [data-finding]').count()).toBe(0);
    expect(await page.locator('#status').textContent()).not.toMatch(/^Done\./);
    await finding.getByRole('button', { name: 'Show' }).click();
    await page.locator('[data-cursor]').first().waitFor();
    const cure = finding.getByRole('button', { name: /^Set .* to/ });
    expect(await cure.textContent()).toMatch(/learning rate to 0\.\d+/);
  });
});

describe('data', () => {
  it('shows labelled pairs with search, filters and both answers side by side', async () => {
    await page.locator('[data-node=preferences]').click();
    await page.getByText(/^Data of/).click();
    const table = page.getByRole('grid');
    await table.waitFor();
    expect(await table.getAttribute('data-rows')).toBe('200');
    await page.locator('[data-filter=wrong]').click();
    const wrong = Number(await table.getAttribute('data-rows'));
    expect(wrong).toBeGreaterThan(0);
    expect(wrong).toBeLessThan(200);
    await page.getByRole('row').nth(1).click();
    const pair = page.locator('[data-pair]');
    expect(await pair.textContent()).toContain('The label goes against the truth.');
    await page.locator('[data-filter=all]').click();
    await page.getByRole('textbox', { name: 'Search for words' }).fill('film');
    await expect.poll(() => table.getAttribute('data-rows')).not.toBe('200');
    // in time the reward model has looked at every pair
    await expect
      .poll(() => page.getByRole('gridcell', { name: '…', exact: true }).count(), { timeout: 60_000 })
      .toBe(0);
    expect(await seriousViolations(page)).toEqual([]);
  });

  it('shows the demonstrations of SFT', async () => {
    await page.locator('[data-node=sft]').click();
    await page.locator('[data-learned=demonstrations]').waitFor();
    expect(Number(await page.getByRole('grid').getAttribute('data-rows'))).toBeGreaterThan(10);
  });
});

describe('the microscope', () => {
  it('shows answers that PPO learned from: formula with numbers, other words, advantage and clip', async () => {
    await page.locator('[data-node=ppo] button').first().click();
    await page.getByText(/^Inside PPO/).click();
    await page.getByRole('button', { name: 'Answers it learned from' }).click();
    await page.locator('[data-formula=ppo]').waitFor();
    for (const panel of ['candidates', 'distance', 'advantage', 'clip']) {
      const box = (await page.locator(`[data-panel=${panel}]`).boundingBox())!;
      expect(box.y + box.height, panel).toBeLessThanOrEqual(720); // never below the fold
    }
    await page.locator('[data-panel=candidates] tr[data-said]').waitFor({ timeout: 30_000 });
    const word = () => page.locator('[data-token]').getAttribute('data-token');
    const before = await word();
    await page.keyboard.press('ArrowRight');
    expect(await word()).not.toBe(before);
    expect(await seriousViolations(page)).toEqual([]);
    await page.keyboard.press('Escape');
  });

  it('shows what DPO makes of a pair, and where the probability went', async () => {
    await page.locator('[data-node=dpo] button').first().click();
    await page.getByText(/^Data of/).click();
    await page.getByRole('row').nth(1).click();
    await page.getByRole('button', { name: 'Under the microscope' }).first().click();
    await page.locator('[data-formula=dpo]').waitFor({ timeout: 30_000 });
    await page.locator('[data-panel=elsewhere] table').waitFor({ timeout: 30_000 });
    await page.keyboard.press('Escape');
  });
});
