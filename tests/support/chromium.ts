import { existsSync } from 'node:fs';

/** Gives headless Chromium WebGL2 and WebGPU on SwiftShader, a GPU in software. */
export const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const INSTALLED = [
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
];

export interface Chromium {
  executablePath: string;
  args: string[];
  source: 'environment' | 'installed' | 'bundled';
}

/**
 * A Chromium to test in: CHROME_PATH, else an installed one, else the one inside the npm package
 * `@sparticuz/chromium` (Linux; unpacked to the temporary folder). ALIGNLET_CHROMIUM=bundled forces the last.
 */
export async function findChromium(): Promise<Chromium> {
  const forced = process.env['ALIGNLET_CHROMIUM'] === 'bundled';
  const named = process.env['CHROME_PATH'];
  if (named && !forced) {
    if (!existsSync(named)) throw new Error(`CHROME_PATH names ${named}, which does not exist`);
    return { executablePath: named, args: CHROMIUM_ARGS, source: 'environment' };
  }
  const installed = forced ? undefined : INSTALLED.find((path) => existsSync(path));
  if (installed) return { executablePath: installed, args: CHROMIUM_ARGS, source: 'installed' };
  if (process.platform !== 'linux')
    throw new Error('no Chrome or Chromium found: install one or set CHROME_PATH to its executable');
  return {
    executablePath: await unpackBundled(),
    args: [...CHROMIUM_ARGS, '--no-zygote'],
    source: 'bundled',
  };
}

/** The package unpacks its shared libraries only if it believes to run on AWS Lambda; it looks once, on import. */
async function unpackBundled(): Promise<string> {
  process.env['AWS_EXECUTION_ENV'] ??= 'AWS_Lambda_nodejs20.x';
  process.env['AWS_LAMBDA_JS_RUNTIME'] ??= 'nodejs20.x';
  const { default: chromium } = await import('@sparticuz/chromium');
  return chromium.executablePath();
}
