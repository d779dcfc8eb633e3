import { readFile } from 'node:fs/promises';
import { chromium, type Browser, type Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../support/chromium';
import { existsSync } from 'node:fs';
import { DEMOS, loadLessons } from '../../src/ui/lessons/demos';
import { settingsOfLink } from '../../src/ui/lessons/lesson';
import { checkedRecording } from '../../src/ui/recorded/recordings';
import { covering, reducedLink } from './reduced';
import { seriousViolations } from './axe';
import { serveBuild } from './serve';

/** A lesson whose arms take seconds: a few steps of the smallest model. */
await loadLessons('en');

const SMALL =
  '?v=1&demo=base-vs-instruct&size=nano&instruct.steps=8&evaluation.times=1&evaluation.prompts=16&evaluation.finalPrompts=16';

let server: Awaited<ReturnType<typeof serveBuild>>;
let browser: Browser;

beforeAll(async () => {
  const { executablePath, args } = await findChromium();
  [server, browser] = await Promise.all([serveBuild(), chromium.launch({ executablePath, args })]);
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

/** Once dialogs and colours have faded in. */
async function violations(page: Page): Promise<string[]> {
  await page.waitForTimeout(600);
  return seriousViolations(page);
}

const lesson = (page: Page) => page.locator('[data-lesson]');

/** The first link of a lesson that breaks something by one setting. */
function firstBreak(name: string): { text: string; path: string; value: string } {
  const blocks = DEMOS.find((d) => d.name === name)!.lessons.en!.steps.break;
  for (const part of blocks.flatMap((b) => (b.type === 'list' ? b.items.flat() : b.content))) {
    const [change, ...others] = (part.type === 'link' && settingsOfLink(part.to)) || [];
    if (part.type === 'link' && change && !others.length)
      return { text: part.text, path: `${change.node}.${change.name}`, value: change.value };
  }
  throw new Error(`nothing to break in ${name}`);
}

/** Demos with a recording; where there is none yet, there is nothing to replay. */
const RECORDED = DEMOS.filter(({ name }) =>
  existsSync(new URL(`../../demos/${name}/recording.json`, import.meta.url)),
);

describe('the gallery', () => {
  it('opens, is accessible, and opens a lesson', async () => {
    const { page, errors } = await open('');
    await page.getByRole('button', { name: 'Lessons', exact: true }).click();
    await page.locator('[data-demo]').first().waitFor();
    const cards = await page.locator('[data-demo]').evaluateAll((all) => all.map((c) => c.dataset['demo']));
    expect(cards).toEqual(DEMOS.map((demo) => demo.name));
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Open: DPO', exact: true }).click();
    await lesson(page).getByRole('heading', { name: 'DPO', exact: true }).waitFor();
    expect(new URL(page.url()).search).toBe('?v=1&demo=dpo');
    expect(await lesson(page).locator('[data-claim]').count()).toBeGreaterThanOrEqual(4);
    expect(await lesson(page).locator('[data-claim]').first().textContent()).toContain('not run yet');

    // things to break
    const { text, path, value } = firstBreak('dpo');
    await lesson(page).getByRole('button', { name: text, exact: true }).click();
    await expect.poll(() => new URL(page.url()).searchParams.get(path)).toBe(value);
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
    await page.getByRole('menuitem', { name: '简体中文' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('menuitem', { name: '简体中文' }).click();
    await lesson(page).getByRole('heading', { name: '基础模型与指令微调模型' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('zh-CN');
    expect(new URL(page.url()).searchParams.get('lang')).toBe('zh');
    expect(await page.locator('[data-result=instruct]').first().textContent()).toContain('指令微调');
    expect(await page.locator('#status').textContent()).toMatch(/^完成/);
    expect(await violations(page)).toEqual([]);
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
    expect(await violations(page)).toEqual([]);
    await page.close();
  }, 90_000);
});

describe('every lesson', () => {
  let page: Page;
  let errors: string[];

  beforeAll(async () => {
    ({ page, errors } = await open(''));
  }, 90_000);
  afterAll(() => page?.close());
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await page.goto(server.url); // out of a run that hangs
  });

  it.each([DEMOS[0]!, DEMOS.at(-1)!].map((demo) => [demo.name, demo] as const))(
    'opens from the gallery: %s',
    async (name, demo) => {
      await page.getByRole('button', { name: 'Lessons', exact: true }).click();
      await page.getByRole('button', { name: `Open: ${demo.title}`, exact: true }).click();
      await expect.poll(() => new URL(page.url()).search).toBe(`?v=1&demo=${name}`);
    },
    120_000,
  );

  // every demo takes minutes: with ALIGNLET_DEMOS=all
  const run = process.env['ALIGNLET_DEMOS'] === 'all' ? DEMOS : covering(DEMOS);
  it.each(run.map((demo) => [demo.name, demo] as const))(
    'runs: %s',
    async (_, demo) => {
      // the same arms, each reduced to a few steps
      await page.goto(server.url + reducedLink(demo));
      await page.locator('#status[data-kind=ready]').waitFor({ timeout: 60_000 });
      await lesson(page).getByRole('button', { name: 'Lesson: Run' }).click();
      await page.locator('#status[data-kind=done], #status[data-kind=failed]').waitFor({ timeout: 280_000 });
      expect(await page.locator('[data-status=failed]').allTextContents()).toEqual([]);
      for (const { id } of demo.config.arms)
        expect(await page.locator(`[data-node="${id}"]`).getAttribute('data-status'), id).toBe('done');
      const claims = lesson(page).locator('[data-claim]');
      expect(await claims.count()).toBe(demo.claims.length);
      const open = await claims.evaluateAll((all) =>
        all.filter((c) => !c.dataset['holds']).map((c) => c.dataset['claim']!),
      );
      // six steps are too few for a fitted curve
      expect(open.filter((rule) => !rule.includes('.fit.'))).toEqual([]);
      expect(errors).toEqual([]);
    },
    360_000,
  );
});

describe.skipIf(RECORDED.length === 0)('a recording', () => {
  const demo = RECORDED.find((d) => d.name === 'ppo-vs-dpo') ?? RECORDED[0]!;
  let page: Page;
  let errors: string[];

  beforeAll(async () => {
    ({ page, errors } = await open(`?demo=${demo.name}`));
  }, 90_000);
  afterAll(() => page?.close());

  const status = () => page.locator('#status');

  it('is shown with a label that says so, and without training', async () => {
    await lesson(page).getByRole('button', { name: 'Replay the recorded run' }).click();
    await page.locator('#status[data-kind=replay]').waitFor();
    expect(await status().textContent()).toMatch(
      /^Recording of seed \d+, made with .*\. No training happens now\.$/,
    );
    const bar = page.getByRole('group', { name: 'Recording' });
    await bar.getByText('0.5×').click();
    // on a busy machine 15 s may be over by the time that the charts are drawn
    const again = bar.getByRole('button', { name: 'Again', exact: true });
    if (await again.isVisible()) await again.click();
    await bar.getByRole('button', { name: 'Pause', exact: true }).click();
    await bar.getByRole('button', { name: 'Play', exact: true }).click();
    await bar.getByRole('button', { name: 'Pause', exact: true }).click(); // or it may end before it is told to
    await bar.getByText('4×').click();
    await bar.getByRole('button', { name: 'To the end' }).click();
    await expect.poll(() => status().textContent()).toContain('No training has happened here.');
    const file = new URL(`../../demos/${demo.name}/recording.json`, import.meta.url);
    const { leftOut } = checkedRecording(JSON.parse(await readFile(file, 'utf8')), demo);
    for (const { id, name } of demo.config.arms) {
      const left = leftOut.includes(id);
      const shown = await page.locator(`[data-node="${id}"]`).getAttribute('data-status');
      expect(shown, id).toBe(left ? 'missing' : 'done');
      if (left) expect(await page.locator('[data-left-out]').textContent()).toContain(name);
    }
    expect(await page.locator('[data-left-out]').count()).toBe(leftOut.length > 0 ? 1 : 0);
    expect(await lesson(page).locator('[data-claim]').first().textContent()).toContain('(one seed)');
    expect(await violations(page)).toEqual([]);
  }, 90_000);

  it('brings its samples, and goes when the lab comes back', async () => {
    await page.getByText('Samples', { exact: true }).click();
    await page.getByRole('heading', { name: 'Recorded samples' }).waitFor();
    await page.getByRole('button', { name: 'Back to the lab' }).click();
    await page.locator('#status[data-kind=ready]').waitFor();
    expect(await page.locator(`[data-node="${demo.config.arms[0]!.id}"]`).getAttribute('data-status')).toBe(
      'missing',
    );
    expect(errors).toEqual([]);
  }, 60_000);
});
