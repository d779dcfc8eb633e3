import { chromium, type Browser, type Page } from 'playwright';
import type { BackendName } from '../../src/engine/types';
import { findChromium } from '../support/chromium';
import type { Found } from './page/main';

export type Gpu = 'auto' | 'hardware' | 'software';

export interface Opened {
  browser: Browser;
  page: Page;
  found: Found;
  /** How it was started, in words. */
  way: string;
}

interface Way {
  name: string;
  args: string[];
}

const HARDWARE = [
  '--no-sandbox',
  '--enable-gpu',
  '--ignore-gpu-blocklist',
  '--enable-unsafe-webgpu',
  '--enable-webgpu-developer-features',
  '--use-webgpu-adapter=default',
  '--disable-gpu-watchdog',
];

const VULKAN = ['--use-angle=vulkan', '--disable-vulkan-surface'];
const EGL = ['--use-gl=angle', '--use-angle=gl-egl'];

/** Ways in which a headless Chromium may find a real GPU, the likeliest first. */
const WAYS: readonly Way[] =
  process.platform === 'linux'
    ? [
        { name: 'everything on Vulkan', args: [...HARDWARE, ...VULKAN, '--enable-features=Vulkan'] },
        { name: 'WebGPU and ANGLE on Vulkan', args: [...HARDWARE, ...VULKAN] },
        { name: 'its own choice', args: HARDWARE },
        { name: 'ANGLE on EGL', args: [...HARDWARE, ...EGL] },
        { name: 'ANGLE on EGL, the rest on Vulkan', args: [...HARDWARE, ...EGL, '--enable-features=Vulkan'] },
      ]
    : [{ name: 'its own choice', args: HARDWARE }];

export const words = (found: Found): string =>
  (['webgpu', 'webgl'] as const)
    .map((b) => {
      const f = found[b];
      return `${b}: ${f ? `${f.adapter}${f.software ? ' (software)' : ''}` : 'none'}`;
    })
    .join('; ');

const real = (found: Found, backends: readonly BackendName[]): number =>
  (['webgpu', 'webgl'] as const).filter((b) => backends.includes(b) && found[b] && !found[b].software).length;

export interface BrowserOptions {
  gpu: Gpu;
  /** Those that should run on the GPU. */
  backends: readonly BackendName[];
  /** Use only the way with this number, from 1. */
  way?: number | undefined;
  extraArgs?: readonly string[] | undefined;
}

async function attempt(
  url: string,
  args: readonly string[],
  extra: readonly string[] = [],
): Promise<Omit<Opened, 'way'>> {
  const { executablePath } = await findChromium();
  const browser = await chromium.launch({ executablePath, args: [...args, ...extra], timeout: 20_000 });
  try {
    const page = await browser.newPage();
    page.on('pageerror', (error) => console.error(`page: ${error.message}`));
    page.on('crash', () => console.error('page: crashed'));
    await page.goto(url, { timeout: 20_000 });
    let timer: ReturnType<typeof setTimeout>;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('its GPU did not answer within 15 s')), 15_000);
    });
    const found = await Promise.race([page.evaluate(() => window.findGpu()), late]).finally(() =>
      clearTimeout(timer),
    );
    return { browser, page, found };
  } catch (error) {
    await browser.close();
    throw error;
  }
}

/** What each way finds; `gpuPage` also prints what Chromium says of itself. */
export async function probe(url: string, options: BrowserOptions, gpuPage: boolean): Promise<void> {
  const best: Partial<Record<BackendName, string>> = {};
  for (const [i, way] of WAYS.entries()) {
    if (options.way && options.way !== i + 1) continue;
    try {
      const { browser, page, found } = await attempt(url, way.args, options.extraArgs);
      for (const b of ['webgpu', 'webgl'] as const)
        if (real(found, [b])) best[b] ??= `way ${i + 1}: ${found[b]!.adapter}`;
      console.log(`way ${i + 1}, ${way.name}: ${words(found)}\n  ${JSON.stringify(found.info)}`);
      if (gpuPage) {
        await page.goto('chrome://gpu').catch(() => undefined);
        await page.waitForTimeout(1500);
        const text = await page.evaluate(() => {
          const all = (node: Node): string => {
            if (node instanceof Text) return node.data.trim() && `${node.data.trim()}\n`;
            if (node instanceof HTMLStyleElement || node instanceof HTMLScriptElement) return '';
            const inside = node instanceof Element && node.shadowRoot ? all(node.shadowRoot) : '';
            return inside + [...node.childNodes].map(all).join('');
          };
          return all(document.body);
        });
        console.log(text.slice(0, 6000));
        gpuPage = false;
      }
      await browser.close();
      if (best.webgpu && best.webgl) break;
    } catch (error) {
      console.log(`way ${i + 1}, ${way.name}: ${(error as Error).message.slice(0, 1500)}`);
    }
  }
  for (const b of ['webgpu', 'webgl'] as const)
    console.log(`use: ${b} ${best[b] ?? 'none, no real GPU was found'}`);
}

/** Opens the page in a Chromium that uses a real GPU if it should and can. */
export async function openPage(url: string, options: BrowserOptions): Promise<Opened> {
  const { gpu, backends, extraArgs } = options;
  const wanted = backends.filter((b) => b === 'webgpu' || b === 'webgl').length;
  if (gpu !== 'software' && wanted > 0) {
    let best: { way: Way; count: number } | null = null;
    for (const [i, way] of WAYS.entries()) {
      if (options.way && options.way !== i + 1) continue;
      try {
        const opened = await attempt(url, way.args, extraArgs);
        console.log(`${way.name}: ${words(opened.found)}`);
        const count = real(opened.found, backends);
        if (count === wanted) return { ...opened, way: way.name };
        await opened.browser.close();
        if (count > (best?.count ?? 0)) best = { way, count };
      } catch (error) {
        console.log(`${way.name}: ${(error as Error).message.split('\n')[0]}`);
      }
    }
    if (best) return { ...(await attempt(url, best.way.args, extraArgs)), way: best.way.name };
    if (gpu === 'hardware') throw new Error('no real GPU was found in any of these ways');
  }
  const { args } = await findChromium();
  return { ...(await attempt(url, args, extraArgs)), way: wanted > 0 ? 'in software' : 'no GPU asked for' };
}
