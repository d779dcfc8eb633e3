import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Frame, type Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../support/chromium';
import { buildPage, serveFolder, type Served } from './serve';

const SMALL =
  '?v=1&size=nano&start=base&backend=wasm&sft.steps=4&preferences.pairs=64&preferences.heldOutPairs=16&reward.steps=4' +
  '&ppo.iterations=2&ppo.rolloutBatch=8&dpo.steps=4&evaluation.times=1&evaluation.prompts=8&evaluation.finalPrompts=8';

let folder: string;
let browser: Browser;
/** Hosts the lab and a page that embeds it; the lab alone, for whoever asks. */
let host: Served;
let open: Served;
let page: Page;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alignlet-frame-'));
  await buildPage(join(folder, 'lab'));
  host = await serveFolder(folder);
  open = await serveFolder(join(folder, 'lab'), { 'access-control-allow-origin': '*' });
  const { executablePath, args } = await findChromium();
  browser = await chromium.launch({ executablePath, args });
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await host?.close();
  await open?.close();
  await rm(folder, { recursive: true, force: true });
}, 60_000);
afterEach(() => page?.context().close());

/** What a browser does that denies storage. */
function denyStorage(): void {
  const denied = () => new DOMException('Access is denied for this document.', 'SecurityError');
  for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches'])
    Object.defineProperty(window, name, {
      get() {
        throw denied();
      },
    });
  if (window.ServiceWorkerContainer)
    ServiceWorkerContainer.prototype.register = () => Promise.reject(denied());
}

/** A page of the host with the lab in a frame, in a browser that has never seen either. */
async function embed(
  src: string,
  attributes = '',
  prepare?: () => void,
): Promise<{ frame: Frame; errors: string[] }> {
  await writeFile(
    join(folder, 'index.html'),
    `<!doctype html><title>host</title><iframe ${attributes} width="1200" height="800" src="${src}"></iframe>`,
  );
  page = await (await browser.newContext()).newPage();
  const errors: string[] = [];
  page.on('pageerror', (e) => errors.push(e.message));
  if (prepare) await page.addInitScript(prepare);
  await page.goto(host.url);
  const frame = await (await page.locator('iframe').elementHandle())!.contentFrame();
  return { frame: frame!, errors };
}

async function runs(frame: Frame): Promise<void> {
  const untilStatus = (kind: string) =>
    frame.locator(`#status[data-kind=${kind}]`).waitFor({ timeout: 120_000 });
  await untilStatus('ready');
  await frame.getByRole('button', { name: 'Run', exact: true }).click();
  await untilStatus('done');
}

describe('in a frame', { timeout: 240_000 }, () => {
  it('of a page of its own site, the lab trains', async () => {
    const { frame, errors } = await embed(`lab/index.html${SMALL}`);
    await runs(frame);
    expect(errors).toEqual([]);
  });

  it('of a page of another site, the lab trains', async () => {
    const { frame, errors } = await embed(open.url.replace('127.0.0.1', 'localhost') + SMALL);
    await runs(frame);
    expect(errors).toEqual([]);
  });

  it('in a sandbox without storage, the lab trains', async () => {
    const sandbox = 'sandbox="allow-scripts allow-same-origin"';
    const { frame, errors } = await embed(`lab/index.html${SMALL}`, sandbox, denyStorage);
    await runs(frame);
    expect(errors).toEqual([]);
  });

  it('in a sandbox of an origin of its own, the page says what keeps it from training', async () => {
    const { frame, errors } = await embed(open.url + SMALL, 'sandbox="allow-scripts"');
    await frame.locator('#status[data-kind=engineFailed]').waitFor({ timeout: 120_000 });
    expect(await frame.locator('#status').textContent()).toContain('There is no training engine');
    expect(errors).toEqual([]);
  });

  it('in a sandbox where none of its scripts may run, the page says so', async () => {
    const { frame, errors } = await embed(`lab/index.html${SMALL}`, 'sandbox="allow-scripts"');
    await frame.getByText('The lab has not started yet.').waitFor({ timeout: 60_000 });
    await frame.getByText('实验室尚未启动').waitFor();
    expect(errors).toEqual([]);
  });
});
