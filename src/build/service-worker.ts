import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { build, type Plugin, type Rolldown } from 'vite';

const inPage = (file: string) => fileURLToPath(new URL(`../ui/offline/${file}`, import.meta.url));

/** The service worker's file, beside the page so that its scope is the page's folder. */
export const SERVICE_WORKER = 'service-worker.js';

/**
 * Bundles the service worker into a file of its own, and the script that registers it, which comes before the page's.
 * `plugins` are those of workers. The development server has neither.
 */
export function serviceWorker(plugins: () => Plugin[]): Plugin {
  return {
    name: 'service-worker',
    apply: 'build',
    buildStart() {
      this.emitFile({ type: 'chunk', id: inPage('isolation.ts'), name: 'isolation' });
    },
    async generateBundle(_, files) {
      const source = await bundle(plugins(), files);
      this.emitFile({ type: 'asset', fileName: SERVICE_WORKER, source });
    },
    transformIndexHtml: {
      order: 'post',
      handler(_, { bundle = {} }) {
        const file = Object.values(bundle).find(({ name }) => name === 'isolation')!.fileName;
        const attrs = { type: 'module', src: `./${file}` };
        return [{ tag: 'script', attrs, injectTo: 'head-prepend' }];
      },
    },
  };
}

/** Scripts and styles of the page and of its workers; not the benchmark, nor what only some devices need. */
const SHELL = /\.(js|css)$|\/(kernels[\w-]*\.wasm|inter-latin-wght-[\w-]+\.woff2|KaTeX_[\w-]+\.woff2)$/;
const RARE = /\/(bench|BenchPage|plain-|tfjs-backend|\w+_impl)/i;
/** Larger scripts are tfjs's backends for GPUs, which only the plain engine loads. */
const LARGE = 400_000;

/** What the page runs on without a connection; models and recordings are kept as they are loaded. */
export const shellOf = (files: Rolldown.OutputBundle): string[] =>
  Object.values(files)
    .filter((file) => SHELL.test(file.fileName) && !RARE.test(file.fileName) && sizeOf(file) < LARGE)
    .map(({ fileName }) => fileName)
    .sort();

const sizeOf = (file: Rolldown.OutputAsset | Rolldown.OutputChunk): number =>
  file.type === 'chunk' ? file.code.length : file.source.length;

/** The service worker as one classic script: not every browser takes a module. */
async function bundle(plugins: Plugin[], files: Rolldown.OutputBundle): Promise<string> {
  const version = createHash('sha256')
    .update(Object.keys(files).sort().join('\n'))
    .digest('hex')
    .slice(0, 16);
  const built = await build({
    configFile: false,
    publicDir: false,
    logLevel: 'error',
    plugins,
    define: { __FILES__: JSON.stringify(shellOf(files)), __VERSION__: JSON.stringify(version) },
    build: {
      write: false,
      target: 'es2022',
      rolldownOptions: { input: inPage('service-worker.ts'), output: { format: 'iife' } },
    },
  });
  if (Array.isArray(built) || !('output' in built))
    throw new Error('one bundle of the service worker expected');
  return built.output[0].code;
}
