import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ISOLATION } from '../../src/build/policy';
import { findChromium } from '../support/chromium';
import { buildPage, serveFolder, type Served } from './serve';

const SMALL =
  '?v=1&size=nano&sft.steps=4&preferences.pairs=64&preferences.heldOutPairs=16&reward.steps=4' +
  '&ppo.iterations=2&ppo.rolloutBatch=8&dpo.steps=4&evaluation.times=1&evaluation.prompts=8&evaluation.finalPrompts=8';

let browser: Browser;
let folder: string;
/** What `_headers` asks a host to send. */
let shipped: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alignlet-policy-'));
  const { executablePath, args } = await findChromium();
  browser = await chromium.launch({ executablePath, args });
  await buildPage(join(folder, 'page'));
  const [path, ...lines] = (await readFile(join(folder, 'page', '_headers'), 'utf8')).trim().split('\n');
  expect(path).toBe('/*');
  shipped = Object.fromEntries(lines.map((line) => /^ {2}([\w-]+): (.+)$/.exec(line)!.slice(1)));
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

interface Visit {
  page: Page;
  /** Errors, and what a policy forbade. */
  errors: string[];
}

/** What a browser does that denies storage. */
function denyStorage(): void {
  const denied = () => new DOMException('Access is denied for this document.', 'SecurityError');
  for (const name of ['localStorage', 'sessionStorage'])
    Object.defineProperty(window, name, {
      get() {
        throw denied();
      },
    });
  ServiceWorkerContainer.prototype.register = () => Promise.reject(denied());
}

/** Opens a page of the host in a browser that has never seen it, with or without storage. */
async function visit(host: Served, search: string, storage: boolean): Promise<Visit> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('console', (m) => m.type() === 'error' && errors.push(m.text()));
  page.on('pageerror', (e) => errors.push(e.message));
  await page.addInitScript(() =>
    document.addEventListener('securitypolicyviolation', (event) =>
      console.error(`${event.violatedDirective}: ${event.blockedURI}`),
    ),
  );
  if (!storage) await page.addInitScript(denyStorage);
  await page.goto(host.url + search);
  await page.waitForTimeout(1000); // a reload would begin by now
  await page.locator('#status[data-kind=ready]').waitFor({ timeout: 60_000 });
  return { page, errors };
}

const without = (names: object) =>
  Object.fromEntries(Object.entries(shipped).filter(([name]) => !(name in names)));

describe.each([
  ['as shipped', () => shipped, true],
  ['without isolation', () => without(ISOLATION), true],
  ['without isolation, storage denied', () => without(ISOLATION), false],
  ['that sends no headers, by the policy in the page', () => ({}), true],
])('on a host that sends the policy %s', { timeout: 180_000 }, (_, headers, storage) => {
  let host: Served;
  beforeAll(async () => {
    host = await serveFolder(join(folder, 'page'), headers());
  });
  afterAll(() => host?.close());

  it('trains, draws formulas and finds its notices', async () => {
    const { page, errors } = await visit(host, `${SMALL}&threads=3&backend=wasm`, storage);
    try {
      const isolated = storage || 'Cross-Origin-Opener-Policy' in headers();
      expect(await page.evaluate(() => crossOriginIsolated)).toBe(isolated);
      await page.getByRole('button', { name: 'Run', exact: true }).click();
      await page.locator('#status[data-kind=done]').waitFor({ timeout: 120_000 });
      await page.locator('[data-node="ppo"]').click();
      await page.locator('.katex').first().waitFor();
      const look = await page.evaluate(async () => {
        const strut = document.querySelector<HTMLElement>('.katex .strut')!;
        const fonts = [...(await document.fonts.load('16px KaTeX_Main'))];
        return { height: strut.style.height, fonts: fonts.map((font) => font.status) };
      });
      expect(look.height).toMatch(/em$/);
      expect(look.fonts).toContain('loaded');
      await page.getByRole('button', { name: 'Help and shortcuts' }).click();
      const link = page.getByRole('link', { name: /^Licences/ });
      const notices = await page.request.get(await link.evaluate((a: HTMLAnchorElement) => a.href));
      expect(await notices.text()).toContain('OFL-1.1');
      expect(errors).toEqual([]);
    } finally {
      await page.context().close();
    }
  });
});

describe('without a policy of the host', () => {
  it('the page forbids what it does not need', { timeout: 120_000 }, async () => {
    const host = await serveFolder(join(folder, 'page'));
    const { page } = await visit(host, SMALL, true);
    try {
      const ran = await page.evaluate(() => {
        const script = document.createElement('script');
        script.textContent = 'window.intruder = true';
        document.body.append(script);
        return 'intruder' in window;
      });
      expect(ran).toBe(false);
      await expect(page.evaluate(() => fetch('https://example.org/').then(() => 'came'))).rejects.toThrow();
    } finally {
      await page.context().close();
      await host.close();
    }
  });
});
