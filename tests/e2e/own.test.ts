import { chromium, type Browser, type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { findChromium } from '../support/chromium';
import { inScheme, seriousViolations } from './axe';
import { serveBuild, type Served } from './serve';

/** On the ready-made trunk: SFT's answers are there at once. */
const READY =
  '?v=1&threads=1&arms=ppo:ppo:PPO&ppo.iterations=1&ppo.rolloutBatch=8&ppo.epochs=1' +
  '&evaluation.times=1&evaluation.prompts=32&evaluation.finalPrompts=64';

let server: Served;
let browser: Browser;
let page: Page;
/** Errors, and what the policy forbade. */
const errors: string[] = [];

beforeAll(async () => {
  const { executablePath, args } = await findChromium();
  [server, browser] = await Promise.all([serveBuild(), chromium.launch({ executablePath, args })]);
  page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  page.on('console', (m) => m.type() === 'error' && errors.push(m.text()));
  page.on('pageerror', (e) => errors.push(e.message));
  await page.addInitScript(() =>
    document.addEventListener('securitypolicyviolation', (event) =>
      console.error(`${event.violatedDirective}: ${event.blockedURI}`),
    ),
  );
  await open(server.url + READY);
}, 400_000);
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

async function open(url: string): Promise<void> {
  await page.goto(url);
  await page.locator('#status[data-kind=ready]').waitFor({ timeout: 120_000 });
}

const dialog = () => page.getByRole('dialog', { name: 'Your own reward and data' });
const snap = async (name: string) => {
  const folder = process.env['ALIGNLET_PICTURES'];
  if (folder) await page.screenshot({ path: `${folder}/${name}.png` });
};

/** In place of what stands in the editor. */
async function write(source: string): Promise<void> {
  const editor = dialog().getByRole('textbox', { name: 'Reward function' });
  await editor.click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(source);
  await dialog().getByRole('button', { name: 'Try on SFT’s answers' }).click();
}

interface Stored {
  stage: string;
  key: string;
  evaluations: { gold: number; proxy: number; length: number }[];
}

/** As the page stores it, as far as it is looked at. */
interface Kept {
  key: string;
  made?: { stage: string };
  events: { type: string; evaluation?: Stored['evaluations'][number] }[];
}

/** Results that the page has stored. */
const stored = (): Promise<Stored[]> =>
  page.evaluate(
    () =>
      new Promise((resolve) => {
        indexedDB.open('alignlet').onsuccess = (event) => {
          const db = (event.target as IDBOpenDBRequest).result;
          db.transaction('results').objectStore('results').getAll().onsuccess = (got) => {
            db.close();
            resolve(
              (got.target as IDBRequest<Kept[]>).result.map((run) => ({
                stage: run.made?.stage ?? '',
                key: run.key,
                evaluations: run.events.filter((e) => e.type === 'evaluation').map((e) => e.evaluation!),
              })),
            );
          };
        };
      }),
  );

describe('a reward of one’s own', { timeout: 240_000 }, () => {
  it('is tried on answers of SFT, in a sandbox that says what is wrong', async () => {
    await page.getByRole('button', { name: 'Arm', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Your own reward or data' }).click();
    await dialog().waitFor();
    const alert = dialog().getByRole('alert');
    await write('() => { for (;;); }');
    await alert.getByText('does not come to an end').waitFor({ timeout: 60_000 });
    await write("(words) => {\n  return fetch('/');\n}");
    await alert.getByText('The reward asks for fetch in line 2').waitFor({ timeout: 30_000 });
    await write('(words) => words.map(');
    await alert.getByText('cannot be read').waitFor({ timeout: 30_000 });
    expect(await dialog().getByRole('button', { name: 'Use as proxy: add arm' }).isDisabled()).toBe(true);
    await snap('own-problem-1440');
  });

  it('shows scores beside the world’s gold before it is used', async () => {
    await dialog().getByRole('button', { name: 'Length', exact: true }).click();
    const preview = dialog().locator('[data-preview]');
    await vi.waitFor(
      async () => {
        await dialog().getByRole('button', { name: 'Try on SFT’s answers' }).click({ timeout: 15_000 });
        await preview.waitFor({ timeout: 15_000 });
      },
      { timeout: 90_000, interval: 500 },
    );
    expect(await preview.getAttribute('data-preview')).toBe('192');
    const correlation = await preview.locator('[data-correlation]').getAttribute('data-correlation');
    expect(Math.abs(Number(correlation))).toBeLessThanOrEqual(1);
    await preview.locator('.recharts-bar-rectangle').first().waitFor();
    await snap('own-preview-1440');
    for (const [width, height] of [
      [1280, 720],
      [390, 844],
    ] as const) {
      await page.setViewportSize({ width, height });
      await snap(`own-preview-${width}`);
      const overflow = () => dialog().evaluate((e) => e.scrollWidth - e.clientWidth);
      await expect.poll(overflow, { message: `cut off at ${width}`, timeout: 5000 }).toBeLessThanOrEqual(1);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  it('is accessible in light, dark and projector mode', async () => {
    expect(await seriousViolations(page)).toEqual([]);
    await inScheme(page, 'dark');
    await snap('own-preview-dark');
    expect(await seriousViolations(page)).toEqual([]);
    await inScheme(page, 'light');
    await page.evaluate(() => (document.documentElement.dataset['projector'] = ''));
    expect(await seriousViolations(page)).toEqual([]);
    await page.evaluate(() => delete document.documentElement.dataset['projector']);
  });

  it('is kept over a reload, and gamed: PPO raises it while gold falls', async () => {
    await dialog().getByRole('button', { name: 'Use as proxy: add arm' }).click();
    await dialog().getByText('“PPO · Length” was added').waitFor();
    const link = new URL(page.url());
    const quick = { iterations: '14', rolloutBatch: '32', klCoef: '0', learningRate: '0.003' };
    for (const [name, value] of Object.entries(quick)) link.searchParams.set(`ppo-2.${name}`, value);
    await open(link.href);
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.locator('#status[data-kind=done], #status[data-kind=failed]').waitFor({ timeout: 200_000 });
    const kept = async () => (await stored()).filter((r) => r.stage === 'ppo').length;
    await expect.poll(kept, { timeout: 30_000 }).toBe(2);
    const arms = (await stored()).filter((run) => run.stage === 'ppo');
    const gamed = arms.toSorted((a, b) => b.evaluations.at(-1)!.length - a.evaluations.at(-1)!.length)[0]!;
    const [before, after] = [gamed.evaluations[0]!, gamed.evaluations.at(-1)!];
    expect(after.proxy).toBeGreaterThan(before.proxy + 0.5);
    expect(after.gold).toBeLessThan(before.gold);
    await snap('own-gamed-1440');
  });

  it('as gold is said on the page, and taken back', async () => {
    await page.getByRole('button', { name: 'Arm', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Your own reward or data' }).click();
    await dialog().getByRole('button', { name: 'Short and finished' }).click();
    await dialog().getByRole('button', { name: 'Try on SFT’s answers' }).click();
    await dialog().locator('[data-preview]').waitFor({ timeout: 50_000 });
    await dialog().getByRole('button', { name: 'Use as gold' }).click();
    await dialog().getByText('Gold is your rule now').waitFor();
    await page.keyboard.press('Escape');
    const notice = page.locator('[data-notice=gold]');
    await notice.getByText('“Short and finished”').waitFor();
    expect(new URL(page.url()).searchParams.get('gold')).toMatch(/^[0-9a-f]{32}$/);
    await snap('own-gold-1440');
    expect(await seriousViolations(page)).toEqual([]);
    await notice.getByRole('button', { name: 'Back to the world’s gold' }).click();
    await notice.waitFor({ state: 'detached' });
  });
});

describe('data of one’s own', { timeout: 120_000 }, () => {
  const ROWS = [
    { prompt: 'the movie was', completion: ' great .' },
    { prompt: 'the movie was', completion: ' gorgeous and wonderfull .' },
    { prompt: [{ role: 'user', content: 'i saw it with my' }], completion: 'sister .' },
    { question: 'who ?' },
  ];

  it('that is dropped is shown row by row, with what is wrong and the nearest words', async () => {
    const content = [...ROWS.map((row) => JSON.stringify(row)), '{"prompt": '].join('\n');
    await page.evaluate((text) => {
      const data = new DataTransfer();
      data.items.add(new File([text], 'mine.jsonl', { type: 'application/jsonl' }));
      window.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
    }, content);
    const rows = dialog().locator('[data-rows-read]');
    await rows.waitFor({ timeout: 30_000 });
    expect(await rows.getAttribute('data-rows-read')).toBe('5');
    expect(await rows.getAttribute('data-sound')).toBe('2');
    expect(await rows.locator('[data-problem]').count()).toBe(3);
    expect(await rows.locator('[data-unknown=wonderfull]').textContent()).toContain('wonderful');
    await snap('own-data-1440');
    await page.setViewportSize({ width: 390, height: 844 });
    await snap('own-data-390');
    await page.setViewportSize({ width: 1280, height: 720 });
    await snap('own-data-1280');
    await page.setViewportSize({ width: 1440, height: 900 });
    expect(await seriousViolations(page)).toEqual([]);
  });

  it('is what an arm learns from', async () => {
    await dialog().getByRole('button', { name: 'Add arm on 2 rows' }).click();
    await dialog().getByText('was added: press Run').waitFor();
    const link = new URL(page.url());
    const own = [...link.searchParams].filter(([name]) => name.endsWith('/sft.own'));
    expect(own).toHaveLength(1);
    expect(own[0]![1]).toMatch(/^[0-9a-f]{32}$/);
  });

  it('finds its words in this world', async () => {
    await dialog().getByRole('tab', { name: 'Words of this world' }).click();
    await dialog()
      .getByRole('textbox', { name: /Search/ })
      .fill('movies');
    await dialog().getByText('Nearest: movie').waitFor();
    await snap('own-words-1440');
    expect(await seriousViolations(page)).toEqual([]);
  });
});

it('breaks no rule of the strict policy', () => expect(errors).toEqual([]));
