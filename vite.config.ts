import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
// @ts-expect-error the config loader wants the extension, TypeScript does not
import { licences } from './src/build/licences.ts';
// @ts-expect-error the config loader wants the extension, TypeScript does not
import { pageSchemas } from './src/build/page-schemas.ts';
// @ts-expect-error the config loader wants the extension, TypeScript does not
import { pageStages } from './src/build/page-stages.ts';
// @ts-expect-error the config loader wants the extension, TypeScript does not
import { ISOLATION as headers, policy } from './src/build/policy.ts';
// @ts-expect-error the config loader wants the extension, TypeScript does not
import { preload } from './src/build/preload.ts';
// @ts-expect-error the config loader wants the extension, TypeScript does not
import { serviceWorker } from './src/build/service-worker.ts';

const { page: notices, worker: noticesOfWorkers } = licences();

export default defineConfig({
  root: 'src/ui',
  base: './', // the build works from any sub-path of a static host
  publicDir: false,
  plugins: [
    react(),
    pageStages(),
    pageSchemas(),
    preload(),
    serviceWorker(noticesOfWorkers),
    policy(),
    notices,
  ],
  assetsInclude: ['**/*.safetensors'],
  build: {
    outDir: '../../dist',
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 2000,
    assetsInlineLimit: 0, // the policy knows no `data:`
  },
  worker: { format: 'es', plugins: noticesOfWorkers },
  server: { headers, fs: { allow: ['../..'] } },
  preview: { headers },
});
