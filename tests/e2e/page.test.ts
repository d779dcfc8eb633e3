import { chromium, type Browser, type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../support/chromium';
import { seriousViolations } from './axe';
import { serveBuild } from './serve';

/** A whole pipeline in a few seconds: the smallest model and a few updates of everything. */
const SMALL =
  '?v=1&size=nano&sft.steps=12&preferences.pairs=200&preferences.heldOutPairs=64&reward.steps=8' +
  '&ppo.iterations=5&ppo.rolloutBatch=16&dpo.steps=10&evaluation.times=3&evaluation.prompts=32&evaluation.finalPrompts=64';

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

interface Opened {
  page: Page;
  /** Errors of the console and of the page itself. */
  errors: string[];
}

async function open(
  search = SMALL,
  options: { width?: number; height?: number; colorScheme?: 'light' | 'dark' } = {},
): Promise<Opened> {
  const { width = 1280, height = 720, colorScheme = 'light' } = options;
  const page = await browser.newPage({ viewport: { width, height }, colorScheme });
  const errors: string[] = [];
  page.on('console', (m) => m.type() === 'error' && errors.push(m.text()));
  page.on('pageerror', (e) => errors.push(e.message));
  await page.addInitScript(() => {
    const w = window as unknown as { longest: number };
    w.longest = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) w.longest = Math.max(w.longest, entry.duration);
    }).observe({ type: 'longtask', buffered: true });
  });
  await page.goto(server.url + search);
  await page.locator('#status[data-kind=ready], #status[data-kind=problem]').waitFor({ timeout: 60_000 });
  return { page, errors };
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const status = (page: Page) => page.locator('#status');
const node = (page: Page, id: string) => page.locator(`[data-node="${id}"]`);
const untilDone = (page: Page) => page.locator('#status[data-kind=done]').waitFor({ timeout: 150_000 });

describe('a whole run', () => {
  let page: Page;
  let errors: string[];

  beforeAll(async () => {
    ({ page, errors } = await open());
  }, 90_000);
  afterAll(() => page?.close());

  it('opens with the answer of the base model and one sentence on what Run will do', async () => {
    await page.locator('[data-model=pretrain] [aria-pressed]').first().waitFor();
    expect(await status(page).textContent()).toMatch(/^Run will train .*PPO and DPO/);
    expect(await button(page, 'Run').isEnabled()).toBe(true);
    expect(await button(page, 'Pause').isEnabled()).toBe(false);
  });

  it('says in every chart what will appear there', async () => {
    for (const title of ['Reward', 'KL divergence', 'Win rate', 'Reward vs KL'])
      expect(await page.getByRole('figure', { name: title, exact: true }).textContent()).toContain(
        'Here will be',
      );
  });

  it('trains the trunk and both arms, with all figures, without blocking the page', async () => {
    await page.evaluate(() => ((window as unknown as { longest: number }).longest = 0));
    await button(page, 'Run').click();
    await untilDone(page);
    console.log(
      `longest task on the main thread while training: ${await page.evaluate(() => Math.round((window as unknown as { longest: number }).longest))} ms`,
    );
    for (const id of ['ppo', 'dpo']) {
      expect(await node(page, id).getAttribute('data-status')).toBe('done');
      expect(await node(page, id).textContent()).toMatch(/%\s*win rate/);
    }
    expect(await status(page).textContent()).toMatch(/^Done\. .*PPO \d+ % at KL .*DPO \d+ %/);
  }, 180_000);

  it('draws both arms in all four charts', async () => {
    for (const title of ['Reward', 'KL divergence', 'Win rate'])
      for (const arm of ['PPO', 'DPO'])
        await page
          .getByRole('figure', { name: title, exact: true })
          .locator('svg text', { hasText: new RegExp(`^${arm} `) })
          .waitFor();
    const frontier = page.getByRole('figure', { name: 'Reward vs KL', exact: true });
    expect(await frontier.locator('svg text', { hasText: /^(PPO|DPO|SFT)$/ }).allTextContents()).toEqual(
      expect.arrayContaining(['PPO', 'DPO', 'SFT']),
    );
  });

  it('shows an answer of every model with gold parts that add up', async () => {
    for (const id of ['pretrain', 'sft', 'ppo', 'dpo']) {
      const card = page.locator(`[data-model=${id}]`);
      await card.locator('[aria-pressed]').first().waitFor();
      const number = (text: string) => Number(text.replace('−', '-'));
      const total = number((await card.locator('header b').first().textContent())!);
      const parts = (await card.locator('li > b').allTextContents()).map(number);
      expect(Math.abs(parts.reduce((a, b) => a + b, 0) - total)).toBeLessThan(0.03); // each is rounded
    }
  });

  it('shows log-prob and KL of a word that is selected', async () => {
    const card = page.locator('[data-model=ppo]');
    await card.locator('[aria-pressed]').first().click();
    await card.getByText('adds to KL').waitFor();
    expect(await card.locator('dl').textContent()).toMatch(/log-prob .*SFT log-prob .*nats/);
  });

  it('shows the curves of the selected stage', async () => {
    await node(page, 'dpo').getByRole('button').first().click();
    await page.getByText('Inside DPO', { exact: true }).click();
    for (const metric of ['loss', 'rewards/margins', 'logps/chosen', 'eval/eosRate'])
      await page
        .getByRole('figure', { name: metric })
        .or(page.getByText(metric, { exact: true }))
        .first()
        .waitFor();
    await page.getByText('All arms', { exact: true }).click();
  });

  it.each(['light', 'dark'] as const)(
    'is accessible in the %s theme',
    async (scheme) => {
      await page.emulateMedia({ colorScheme: scheme });
      await page.waitForFunction((s) => document.documentElement.dataset.mantineColorScheme === s, scheme);
      await page.waitForTimeout(800); // colours fade over, later where frames come late
      await page.waitForFunction(() => !document.getAnimations().some((a) => a instanceof CSSTransition));
      expect(await seriousViolations(page)).toEqual([]);
    },
    60_000,
  );

  it('marks exactly the stages behind a changed setting as stale', async () => {
    await node(page, 'dpo').getByRole('button').first().click();
    await page.locator('[data-setting=beta] input[inputmode]').fill('0.3');
    await expect.poll(() => node(page, 'dpo').getAttribute('data-status')).toBe('stale');
    expect(await node(page, 'dpo').textContent()).toContain('settings changed: run again');
    for (const id of ['sft', 'preferences', 'reward', 'ppo'])
      expect(await node(page, id).getAttribute('data-status')).toBe('done');
    expect(new URL(page.url()).searchParams.get('dpo.beta')).toBe('0.3');

    await node(page, 'preferences').click();
    await page.locator('[data-setting=flipRate] input[inputmode]').fill('0.2');
    await expect.poll(() => node(page, 'reward').getAttribute('data-status')).toBe('stale');
    expect(await node(page, 'ppo').getAttribute('data-status')).toBe('stale');
    expect(await node(page, 'sft').getAttribute('data-status')).toBe('done');
    await page.locator('[data-setting=flipRate] input[inputmode]').fill('0');
    await expect.poll(() => node(page, 'ppo').getAttribute('data-status')).toBe('done');
  });

  it('runs only what is stale', async () => {
    await button(page, 'Run').click();
    await untilDone(page);
    expect(await node(page, 'dpo').getAttribute('data-status')).toBe('done');
  }, 180_000);

  it('adds, renames and removes arms', async () => {
    await button(page, 'Arm').click();
    await page.getByRole('menuitem', { name: 'Copy of PPO' }).click();
    await node(page, 'ppo-2').waitFor();
    await page.getByRole('button', { name: /^Arm PPO 2/ }).click();
    await page.getByRole('menuitem', { name: 'Rename' }).click();
    await page.getByLabel('Name of the arm').fill('no KL');
    await button(page, 'Save').click();
    await expect.poll(() => node(page, 'ppo-2').textContent()).toContain('no KL');
    await page.getByRole('button', { name: /^Arm no KL/ }).click();
    await page.getByRole('menuitem', { name: 'Remove' }).click();
    await expect.poll(() => node(page, 'ppo-2').count()).toBe(0);
  });

  it('has written no error to the console', () => expect(errors).toEqual([]));
});

describe('controls', () => {
  let page: Page;

  beforeAll(async () => {
    ({ page } = await open());
  }, 90_000);
  afterAll(() => page?.close());

  it('steps one row at a time, resumes, pauses and resets', async () => {
    await button(page, 'Step').click();
    const rows = async () => /(\d+) \/ 12/.exec((await node(page, 'sft').textContent()) ?? '')?.[1];
    await expect.poll(rows, { timeout: 20_000 }).toBe('1');
    await button(page, 'Step').click();
    await expect.poll(rows, { timeout: 20_000 }).toBe('2');
    expect(await node(page, 'sft').getAttribute('data-status')).toBe('paused');
    await button(page, 'Resume').click();
    await expect.poll(() => status(page).getAttribute('data-kind')).toBe('running');
    await button(page, 'Pause').click();
    await expect.poll(() => status(page).getAttribute('data-kind')).toBe('paused');
    await button(page, 'Reset').click();
    await expect.poll(() => node(page, 'sft').getAttribute('data-status')).toBe('missing');
    expect(await status(page).getAttribute('data-kind')).toBe('ready');
  }, 60_000);

  it('says next to the field what is wrong, and keeps Run off until it is right', async () => {
    const field = page.locator('[data-setting=klCoef]').last();
    await field.locator('input[inputmode]').fill('abc');
    await field.getByRole('alert').waitFor();
    expect(await field.getByRole('alert').textContent()).toContain('must be a number between 0 and 10');
    expect(await button(page, 'Run').isEnabled()).toBe(false);
    expect(await status(page).textContent()).toContain('PPO: KL coefficient must be');
    await field.locator('input[inputmode]').fill('0.1');
    await expect.poll(() => button(page, 'Run').isEnabled()).toBe(true);
  });

  it('does the same for a seed', async () => {
    const seed = page.getByRole('textbox', { name: 'Seed' });
    const before = await seed.inputValue();
    await seed.fill('abc');
    await page.getByText('must be a whole number between 0 and 4294967295 (got "abc")').first().waitFor();
    expect(await button(page, 'Run').isEnabled()).toBe(false);
    expect(await status(page).textContent()).toContain('Seed must be a whole number');
    await seed.fill(before);
    await expect.poll(() => button(page, 'Run').isEnabled()).toBe(true);
  });

  it('lights up the symbol in the formula while its setting has the focus', async () => {
    await page.locator('[data-setting=klCoef] input[inputmode]').focus();
    await page.locator('span[data-setting=klCoef][data-lit]').first().waitFor();
  });

  it('names unknown words of a typed prompt and explains prompts of another form', async () => {
    const prompt = page.getByRole('textbox', { name: 'Prompt' });
    await prompt.fill('the zorgly movie');
    await page.getByText('Not in the vocabulary: zorgly').waitFor();
    await prompt.fill('q: good morning ! a:');
    await prompt.press('Enter');
    await page.getByText('This is not a prompt of the task').waitFor();
    await page.getByRole('button', { name: 'review: the movie was' }).click();
    await expect.poll(() => prompt.inputValue()).toBe('review: the movie was');
  });

  it('explains a link that is not valid', async () => {
    const { page: other } = await open(`${SMALL}&ppo.klCoef=99`);
    expect(await other.getByRole('alert').first().textContent()).toMatch(
      /ppo\.klCoef must be a number between 0 and 10 \(got 99\)/,
    );
    await other.close();
  }, 60_000);
});

describe('the header', () => {
  it.each(['normal', 'projector'])(
    'is one row at 1280 pixels, in letters of the %s size',
    async (mode) => {
      const { page } = await open('?v=1&demo=dpo');
      if (mode === 'projector') await button(page, 'Projector mode: larger type and thicker lines').click();
      const [logo, help] = [page.locator('header h1'), button(page, 'Help and shortcuts')];
      await expect.poll(() => help.count()).toBe(1);
      const [first, last] = [(await logo.boundingBox())!, (await help.boundingBox())!];
      expect(last.y).toBeLessThan(first.y + first.height);
      for (const name of ['Lessons', 'Run', 'Pause', 'Step', 'Reset'])
        expect(await button(page, name).count(), name).toBe(1);
      await page.close();
    },
    90_000,
  );
});

describe('without a mouse', () => {
  it('runs, selects a stage and reads a word by keyboard alone', async () => {
    const { page } = await open();
    const focusIs = (test: string) =>
      page.evaluate((selector) => !!document.activeElement?.closest(selector), test);
    const tabTo = async (selector: string) => {
      for (let i = 0; i < 80; i++) {
        if (await focusIs(selector)) return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`Tab does not reach ${selector}`);
    };
    await tabTo('[data-node=dpo] button');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'DPO' }).waitFor();
    await tabTo('[data-model=pretrain] button');
    await page.keyboard.press('ArrowRight');
    await page.locator('[data-model=pretrain]').getByText('log-prob').first().waitFor();
    await page.locator('body').evaluate(() => (document.activeElement as HTMLElement).blur());
    await page.keyboard.press('Space');
    await untilDone(page);
    await page.close();
  }, 240_000);
});

describe('on a phone', () => {
  it('stands in one column without horizontal scrolling', async () => {
    const { page } = await open(SMALL, { width: 390, height: 844 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    expect(await seriousViolations(page)).toEqual([]);
    await page.close();
  }, 90_000);
});
