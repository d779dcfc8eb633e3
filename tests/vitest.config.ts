import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
// @ts-expect-error the config loader wants the extension, TypeScript does not
import { amountsOf } from './support/amounts.ts';
// @ts-expect-error the config loader wants the extension, TypeScript does not
import { findChromium } from './support/chromium.ts';

const IN_NODE = {
  testTimeout: 60_000,
  hookTimeout: 60_000, // a busy machine closes a browser slowly, too
  globalSetup: 'tests/support/run-folder.ts',
  setupFiles: 'src/messages/all.ts',
};

const CORES = Math.max(2, availableParallelism() - 1);

/** Tests of the page that take about as long together as those in `browser`, beside which they run. */
const BESIDE = ['failures', 'kept', 'kept.kills', 'labeler', 'own', 'page', 'sweep'].map(
  (name) => `tests/e2e/${name}.test.ts`,
);

/**
 * Four projects: `node` runs everything without a browser, first and on all cores; then `browser` runs tests/browser in
 * a real Chromium while `page` drives the whole page in another; `pages` does the rest of that, several at a time.
 */
export default defineConfig(async () => {
  const { executablePath, args } = await findChromium();
  return {
    root: fileURLToPath(new URL('..', import.meta.url)),
    publicDir: false as const,
    assetsInclude: ['**/*.safetensors'],
    plugins: [react()],
    // as in vite.config.ts: with cross-origin isolation WASM may use threads
    server: {
      headers: {
        'Cross-Origin-Opener-Policy': 'same-origin',
        'Cross-Origin-Embedder-Policy': 'require-corp',
      },
    },
    // known up front, so that the dev server does not stop a test to reload the page with a newly found package
    optimizeDeps: {
      include: [
        '@tensorflow/tfjs-core',
        '@tensorflow/tfjs-backend-cpu',
        '@tensorflow/tfjs-backend-wasm',
        '@tensorflow/tfjs-backend-webgl',
        '@tensorflow/tfjs-backend-webgpu',
        '@jitl/quickjs-wasmfile-release-sync',
        '@noble/hashes/sha2.js',
        '@noble/hashes/utils.js',
        'fflate',
        'hyparquet',
        'hyparquet-writer',
        'jsonc-parser',
        '@huggingface/transformers',
        'pbf',
        'quickjs-emscripten-core',
        'zod',
      ],
    },
    test: {
      provide: { amounts: amountsOf(process.env['ALIGNLET_AMOUNTS']) },
      browser: { connectTimeout: 180_000 }, // a machine that is busy starts a browser slowly
      projects: [
        {
          extends: true as const,
          test: {
            name: 'node',
            include: ['tests/**/*.test.{ts,tsx}'],
            exclude: ['tests/browser/**', 'tests/e2e/**', '**/node_modules/**'],
            ...IN_NODE,
            maxWorkers: CORES,
          },
        },
        {
          extends: true as const,
          test: {
            name: 'page',
            include: BESIDE,
            ...IN_NODE,
            sequence: { groupOrder: 1 },
          },
        },
        {
          extends: true as const,
          test: {
            name: 'pages',
            include: ['tests/e2e/**/*.test.ts'],
            exclude: [...BESIDE, '**/node_modules/**'],
            ...IN_NODE,
            sequence: { groupOrder: 2 },
            maxWorkers: CORES,
          },
        },
        {
          extends: true as const,
          test: {
            name: 'browser',
            include: ['tests/browser/**/*.test.{ts,tsx}'],
            sequence: { groupOrder: 1 },
            testTimeout: 120_000,
            hookTimeout: 120_000,
            browser: {
              enabled: true,
              headless: true,
              screenshotFailures: false,
              provider: playwright({ launchOptions: { executablePath, args } }),
              instances: [{ browser: 'chromium' as const }],
            },
          },
        },
      ],
    },
  };
});
