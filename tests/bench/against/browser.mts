import { readFileSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright';
import { serveFolder, type Served } from '../../e2e/serve';
import { findChromium } from '../../support/chromium';
import type { Bench } from './bench.mjs';
import { watchStart } from './hooks.mjs';
import type { Side } from './results.mjs';

/** As a host that can isolate the page: WebAssembly may use threads, timers are precise. */
const HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** A page of one build in a browser of its own: nothing is cached, nothing was there before. */
export interface Opened {
  page: Page;
  /** Processor time of the whole browser so far, seconds. */
  cpu(): Promise<number>;
  /** Process of the page with its workers. */
  renderer(): Promise<number>;
  errors: string[];
}

/**
 * The page trains on WebAssembly and is drawn on the processor, as where there is no graphics card; a card in software
 * would take processor time from both.
 */
export const withoutGpu = (args: readonly string[]): string[] => [
  ...args.filter((arg) => !/swiftshader|angle|webgpu/.test(arg)),
  '--disable-gpu',
];

type Hook = { run: () => void } | { run: (arg: never) => void; arg: number };

/** Opens what follows `?` in the page of a build; `work` gets it when it has been asked for, not when it is ready. */
export async function inPage<T>(
  bench: Bench,
  side: Side,
  search: string,
  hooks: readonly Hook[],
  work: (opened: Opened) => Promise<T>,
): Promise<T> {
  const served = await serveFolder(await bench.trees[side].page(), HEADERS);
  const { executablePath, args } = await findChromium();
  const browser = await chromium.launch({ executablePath, args: withoutGpu(args) });
  bench.usedBrowser(`Chromium ${browser.version()}`);
  try {
    return await work(await open(browser, served, search, hooks));
  } finally {
    await browser.close();
    await served.close();
  }
}

async function open(
  browser: Browser,
  { url }: Served,
  search: string,
  hooks: readonly Hook[],
): Promise<Opened> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 }, locale: 'en-US' });
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('crash', () => errors.push('the page crashed'));
  // functions are sent as text, in which esbuild has left calls of a helper of its own
  await page.addInitScript({ content: 'globalThis.__name = (f) => f' });
  await page.addInitScript(watchStart);
  for (const hook of hooks)
    if ('arg' in hook) await page.addInitScript(hook.run as (arg: number) => void, hook.arg);
    else await page.addInitScript(hook.run);
  const cdp = await browser.newBrowserCDPSession();
  const processes = async () => (await cdp.send('SystemInfo.getProcessInfo')).processInfo;
  await page.goto(url + search, { waitUntil: 'commit' });
  return {
    page,
    errors,
    cpu: async () => (await processes()).reduce((sum, p) => sum + p.cpuTime, 0),
    async renderer() {
      const all = (await processes()).filter((p) => p.type === 'renderer');
      return all.reduce((a, b) => (a.cpuTime >= b.cpuTime ? a : b)).id; // others are spare ones
    },
  };
}

export const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

export async function untilReady(page: Page): Promise<void> {
  await page.locator('#status[data-kind=ready], #status[data-kind=problem]').waitFor({ timeout: 120_000 });
  if ((await page.locator('#status').getAttribute('data-kind')) === 'problem')
    throw new Error(`the page refuses the link: ${await page.locator('#status').textContent()}`);
}

/** Presses Run and waits until all is done. Seconds between the two, by the clock of the page, to a twentieth. */
export async function runToEnd(page: Page, timeout = 900_000): Promise<number> {
  const seconds = page.evaluate(
    (limit) =>
      new Promise<number>((resolve, reject) => {
        let began = Infinity;
        const click = () => (began = performance.now());
        document.addEventListener('click', click, { once: true, capture: true });
        const every = setInterval(() => {
          const status = document.querySelector('#status');
          const kind = status?.getAttribute('data-kind');
          const passed = performance.now() - began;
          if (kind === 'done') resolve(passed / 1000);
          else if (kind === 'failed') reject(new Error(status!.textContent));
          else if (passed > limit) reject(new Error(`not done after ${limit / 1000} s`));
          else return;
          clearInterval(every);
        }, 50);
      }),
    timeout,
  );
  seconds.catch(() => undefined); // the click may fail first
  await button(page, 'Run').click();
  return seconds;
}

/**
 * Memory that belongs to a process alone, bytes: its anonymous pages (heaps, WebAssembly memories) and shared memory, as
 * far as they have been touched; not the program and its libraries. Undefined where there is no /proc.
 */
export function ownMemory(pid: number): number | undefined {
  try {
    return memoryIn(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return undefined;
  }
}

/** RssAnon and RssShmem of a file like /proc/1/status, bytes. */
export function memoryIn(status: string): number | undefined {
  const of = (name: string) => Number(new RegExp(`^${name}:\\s*(\\d+) kB`, 'm').exec(status)?.[1] ?? NaN);
  const sum = 1024 * (of('RssAnon') + of('RssShmem'));
  return Number.isNaN(sum) ? undefined : sum;
}
