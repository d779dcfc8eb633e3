import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { chromium, type Browser, type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../support/chromium';
import { serveBuild } from './serve';

/** A lesson whose arms take seconds: a few steps of the smallest model. */
const SMALL =
  '?v=1&demo=base-vs-instruct&size=nano&instruct.steps=8&evaluation.times=1&evaluation.prompts=16&evaluation.finalPrompts=16';

let server: Awaited<ReturnType<typeof serveBuild>>;
let browser: Browser;
let axe: string;

beforeAll(async () => {
  const { executablePath, args } = await findChromium();
  [server, browser, axe] = await Promise.all([
    serveBuild(),
    chromium.launch({ executablePath, args }),
    readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'),
  ]);
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

async function open(search: string, width = 1280, height = 800): Promise<{ page: Page; errors: string[] }> {
  const page = await browser.newPage({ viewport: { width, height } });
  const errors: string[] = [];
  page.on('console', (m) => m.type() === 'error' && errors.push(m.text()));
  page.on('pageerror', (e) => errors.push(e.message));
  await page.goto(server.url + search);
  await page.locator('#status[data-kind=ready]').waitFor({ timeout: 60_000 });
  return { page, errors };
}

async function seriousViolations(page: Page): Promise<string[]> {
  await page.waitForTimeout(600); // dialogs and colours fade in
  await page.evaluate(axe);
  return page.evaluate(async () => {
    interface Violation {
      id: string;
      impact: string;
      nodes: { html: string; any: { message: string }[] }[];
    }
    const { run } = (window as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } }).axe;
    return (await run()).violations
      .filter((v) => v.impact === 'serious' || v.impact === 'critical')
      .map(
        (v) =>
          `${v.id}: ${v.nodes.map((n) => `${n.html.slice(0, 160)} ${n.any[0]?.message ?? ''}`).join(' | ')}`,
      );
  });
}

const lesson = (page: Page) => page.locator('[data-lesson]');

describe('the gallery', () => {
  it('opens, is accessible, and opens a lesson', async () => {
    const { page, errors } = await open('');
    await page.getByRole('button', { name: 'Lessons', exact: true }).click();
    await expect.poll(() => page.locator('[data-demo]').count()).toBeGreaterThanOrEqual(13);
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Open: DPO', exact: true }).click();
    await lesson(page).getByRole('heading', { name: 'DPO', exact: true }).waitFor();
    expect(new URL(page.url()).search).toBe('?v=1&demo=dpo');
    expect(await lesson(page).locator('[data-claim]').count()).toBe(4);
    expect(await lesson(page).locator('[data-claim]').first().textContent()).toContain('not run yet');

    // things to break
    await lesson(page).getByRole('button', { name: 'β 0.02', exact: true }).click();
    await expect.poll(() => new URL(page.url()).searchParams.get('dpo-01.beta')).toBe('0.02');
    await lesson(page).getByRole('button', { name: 'Restore them' }).click();
    await expect.poll(() => new URL(page.url()).search).toBe('?v=1&demo=dpo');

    // glossary
    await lesson(page).getByRole('button', { name: 'KL', exact: true }).first().click();
    await page.locator('[data-term=kl]').waitFor();
    expect(await page.locator('[data-term]').count()).toBeLessThan(5);
    await page.getByRole('searchbox').fill('zzz');
    await page.getByText('No term matches.').waitFor();
    await page.keyboard.press('Escape');

    await lesson(page).getByRole('button', { name: 'Close the lesson' }).click();
    await expect.poll(() => lesson(page).count()).toBe(0);
    expect(errors).toEqual([]);
    await page.close();
  }, 120_000);
});

describe('a lesson', () => {
  let page: Page;
  let errors: string[];

  beforeAll(async () => {
    ({ page, errors } = await open(SMALL));
  }, 90_000);
  afterAll(() => page?.close());

  it('takes predictions before the run', async () => {
    await lesson(page).getByRole('radio', { name: 'Instruction-tuned' }).check();
    await lesson(page).getByText('will hold', { exact: true }).first().click();
    await lesson(page).getByText('Your prediction is compared').waitFor();
  });

  it('fills the table and the claims when it has run, and compares the predictions', async () => {
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.locator('#status[data-kind=done]').waitFor({ timeout: 200_000 });
    for (const arm of ['base', 'few-shot', 'instruct'])
      expect(await page.locator(`[data-result="${arm}"] td`).first().textContent()).toMatch(/\d %/);
    const claims = lesson(page).locator('[data-claim]');
    for (const text of await claims.allTextContents())
      expect(text).toMatch(/\d %.*(holds here|does not hold here) \(one seed\)/);
    expect(await lesson(page).locator('[data-outcome]').textContent()).toMatch(/of 1 claims predicted right/);
  }, 240_000);

  it('speaks Chinese, remembers it, and puts it into the link', async () => {
    await page.getByRole('button', { name: 'Language' }).click();
    await page.getByRole('menuitem', { name: '简体中文' }).click();
    await lesson(page).getByRole('heading', { name: '基础模型与指令微调模型' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('zh-CN');
    expect(new URL(page.url()).searchParams.get('lang')).toBe('zh');
    expect(await page.locator('[data-result=instruct]').textContent()).toContain('指令微调');
    expect(await page.locator('#status').textContent()).toMatch(/^完成/);
    expect(await seriousViolations(page)).toEqual([]);
    await page.goto(server.url);
    await page.getByRole('button', { name: '运行', exact: true }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('zh-CN');
    expect(errors).toEqual([]);
  }, 120_000);
});

describe('on a phone', () => {
  it('shows the lesson first, without horizontal scrolling', async () => {
    const { page } = await open('?demo=flan&lang=zh', 390, 844);
    await lesson(page).waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    expect((await lesson(page).boundingBox())!.y).toBeLessThan(
      (await page.locator('[data-result]').first().boundingBox())!.y,
    );
    expect(await seriousViolations(page)).toEqual([]);
    await page.close();
  }, 90_000);
});
