import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
// @ts-expect-error the config loader wants the extension, TypeScript does not
import { findChromium } from './support/chromium.ts';

/** Two projects: `node` runs everything that needs no page, `browser` runs tests/browser in a real Chromium. */
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
        '@noble/hashes/sha2.js',
        '@noble/hashes/utils.js',
        'fflate',
        'hyparquet',
        'hyparquet-writer',
        'jsonc-parser',
        '@huggingface/transformers',
        'pbf',
        'zod',
      ],
    },
    test: {
      browser: { connectTimeout: 180_000 }, // a machine that is busy starts a browser slowly
      projects: [
        {
          extends: true as const,
          test: {
            name: 'node',
            include: ['tests/**/*.test.{ts,tsx}'],
            exclude: ['tests/browser/**', '**/node_modules/**'],
            testTimeout: 60_000,
            hookTimeout: 60_000, // a busy machine closes a browser slowly, too
            globalSetup: 'tests/support/run-folder.ts',
            setupFiles: 'src/messages/all.ts',
          },
        },
        {
          extends: true as const,
          test: {
            name: 'browser',
            include: ['tests/browser/**/*.test.{ts,tsx}'],
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
