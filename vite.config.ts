import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
// @ts-expect-error the config loader wants the extension, TypeScript does not
import { licences } from './build/licences.ts';

const { page: notices, worker: noticesOfWorkers } = licences();

/** Cross-origin isolation: without it there is no shared memory, so WASM runs on one thread, and timers are coarse. */
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/**
 * Hosts that cannot send these headers (GitHub Pages) get them from a service worker that lies beside the page.
 * It does nothing where the page is isolated already, and reloads the page once, on the first visit, unless the
 * link says `threads=1`.
 */
function isolation(): Plugin {
  const file = 'coi-serviceworker.js';
  const settings = `window.coi = {
  quiet: true,
  shouldRegister: () => new URLSearchParams(location.search).get('threads') !== '1',
  async doReload() {
    if (sessionStorage.getItem('alignlet.isolated')) return; // once, whatever comes of it
    sessionStorage.setItem('alignlet.isolated', 'tried');
    await navigator.serviceWorker.ready; // else the page comes past it again
    location.reload();
  },
};`;
  return {
    name: 'isolation',
    apply: 'build',
    generateBundle() {
      const source = readFileSync(
        createRequire(import.meta.url).resolve('coi-serviceworker/coi-serviceworker.min.js'),
      );
      this.emitFile({ type: 'asset', fileName: file, source });
    },
    transformIndexHtml: {
      order: 'post',
      handler: () => [
        { tag: 'script', children: settings, injectTo: 'head-prepend' },
        { tag: 'script', attrs: { src: `./${file}` }, injectTo: 'head-prepend' },
      ],
    },
  };
}

export default defineConfig({
  root: 'src/ui',
  base: './', // the build works from any sub-path of a static host
  publicDir: false,
  plugins: [react(), isolation(), notices],
  assetsInclude: ['**/*.safetensors'],
  build: { outDir: '../../dist', emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: 2000 },
  worker: { format: 'es', plugins: noticesOfWorkers },
  server: { headers, fs: { allow: ['../..'] } },
  preview: { headers },
});
