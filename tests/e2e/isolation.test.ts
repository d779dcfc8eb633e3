import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium, type Browser, type BrowserContext } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../support/chromium';
import { serveBuild } from './serve';

/** The build behind a host that sends no headers of its own, as GitHub Pages does. */
let build: Awaited<ReturnType<typeof serveBuild>>;
let host: Server;
let browser: Browser;

beforeAll(async () => {
  const { executablePath, args } = await findChromium();
  [build, browser] = await Promise.all([serveBuild(), chromium.launch({ executablePath, args })]);
  host = createServer((request, response) => {
    void fetch(new URL(request.url!, build.url)).then(async (found) => {
      response.writeHead(found.status, { 'content-type': found.headers.get('content-type') ?? 'text/plain' });
      response.end(Buffer.from(await found.arrayBuffer()));
    });
  });
  await new Promise<void>((listening) => host.listen(0, '127.0.0.1', listening));
}, 180_000);

afterAll(async () => {
  await browser?.close();
  host?.close();
  await build?.close();
});

const bareUrl = () =>
  `http://127.0.0.1:${(host.address() as AddressInfo).port}${new URL(build.url).pathname}`;

/** Opens the page in a browser that has never seen it, and says what became of it. */
async function visit(context: BrowserContext, url: string) {
  const page = await context.newPage();
  let loads = 0;
  const errors: string[] = [];
  page.on('request', (r) => r.isNavigationRequest() && loads++);
  page.on('console', (m) => m.type() === 'error' && errors.push(m.text()));
  page.on('pageerror', (e) => errors.push(e.message));
  await page.goto(url);
  await page.waitForTimeout(1000); // a reload would begin by now
  await page.locator('#status[data-kind=ready]').waitFor({ timeout: 60_000 });
  await page.getByRole('button', { name: /^Backend/ }).click();
  const engine = (await page.getByText(/^WASM .*SIMD/).textContent())!.match(/\d threads|(?<=SIMD)(?= )/)![0];
  const state = await page.evaluate(async () => ({
    isolated: crossOriginIsolated,
    workers: (await navigator.serviceWorker.getRegistrations()).length,
  }));
  await page.close();
  return { ...state, engine, loads, errors };
}

async function inFreshBrowser<T>(run: (context: BrowserContext) => Promise<T>): Promise<T> {
  const context = await browser.newContext();
  try {
    return await run(context);
  } finally {
    await context.close();
  }
}

describe('cross-origin isolation', { timeout: 120_000 }, () => {
  it('comes from the headers of the host: the service worker only keeps the page', () =>
    inFreshBrowser(async (context) => {
      const found = await visit(context, `${build.url}?threads=2`);
      expect(found).toEqual({ isolated: true, workers: 1, engine: '2 threads', loads: 1, errors: [] });
    }));

  it('comes from the service worker where the host sends none: one reload, on the first visit only', () =>
    inFreshBrowser(async (context) => {
      const expected = { isolated: true, workers: 1, engine: '3 threads', errors: [] };
      expect(await visit(context, `${bareUrl()}?threads=3`)).toEqual({ ...expected, loads: 2 });
      expect(await visit(context, `${bareUrl()}?threads=3`)).toEqual({ ...expected, loads: 1 });
    }));

  it('is not sought by a link that asks for one thread', () =>
    inFreshBrowser(async (context) => {
      const found = await visit(context, `${bareUrl()}?threads=1`);
      expect(found).toEqual({ isolated: false, workers: 0, engine: '', loads: 1, errors: [] });
    }));
});
