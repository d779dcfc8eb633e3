import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'vite';

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
    async generateBundle() {
      this.emitFile({ type: 'asset', fileName: SERVICE_WORKER, source: await bundle(plugins()) });
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

/** The service worker as one classic script: not every browser takes a module. */
async function bundle(plugins: Plugin[]): Promise<string> {
  const built = await build({
    configFile: false,
    publicDir: false,
    logLevel: 'error',
    plugins,
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
