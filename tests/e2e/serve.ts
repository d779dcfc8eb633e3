import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { createServer as createHost } from 'node:http';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { extname, join, normalize } from 'node:path';
import { build, createServer, preview } from 'vite';

const configFile = fileURLToPath(new URL('../../vite.config.ts', import.meta.url));

export interface Served {
  url: string;
  close: () => Promise<void>;
}

/** Serves the page from its sources on a free port, as `npm run dev` does. */
export async function serveSources(): Promise<Served> {
  const cacheDir = await mkdtemp(join(tmpdir(), 'alignlet-dev-'));
  const server = await createServer({
    configFile,
    cacheDir,
    logLevel: 'error',
    // what workers import is found late, and the page would be loaded once more when it is
    optimizeDeps: {
      include: [
        '@tensorflow/tfjs-core',
        '@tensorflow/tfjs-backend-cpu',
        '@tensorflow/tfjs-backend-wasm',
        '@tensorflow/tfjs-backend-webgl',
        '@tensorflow/tfjs-backend-webgpu',
        '@noble/hashes/sha2.js',
        '@noble/hashes/utils.js',
        'comlink',
        'fflate',
        'hyparquet',
        'hyparquet-writer',
        'idb',
        'jsonc-parser',
        'pbf',
        'zod',
      ],
    },
    server: { port: 0, host: '127.0.0.1', watch: null, hmr: false },
  });
  await server.listen();
  const address = server.httpServer?.address();
  if (!address || typeof address === 'string') throw new Error('the page is not served on a port');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    async close() {
      await server.close();
      await rm(cacheDir, { recursive: true, force: true });
    },
  };
}

/** The page as it is shipped, in this folder. It is built once for all files of a test run. */
export async function buildPage(outDir: string): Promise<void> {
  const { inject } = await import('vitest'); // the benchmark serves folders, too, and no test runner is there
  const folder = inject('runFolder');
  if (folder === undefined) return builtPage(outDir);
  const shared = join(folder, 'page');
  if (!existsSync(shared)) {
    const draft = `${shared}.${process.pid}`;
    await builtPage(draft);
    await rename(draft, shared).catch((error: unknown) => {
      if (!existsSync(shared)) throw error; // another file was faster
    });
  }
  await cp(shared, outDir, { recursive: true });
}

async function builtPage(outDir: string): Promise<void> {
  const before = process.env['NODE_ENV'];
  process.env['NODE_ENV'] = 'production'; // a test runner says 'test', for which React comes in its long form
  try {
    await build({ configFile, logLevel: 'error', build: { outDir, emptyOutDir: true } });
  } finally {
    process.env['NODE_ENV'] = before;
  }
}

/** Builds the page as it is shipped and serves it on a free port, from a sub-path. */
export async function serveBuild(): Promise<Served> {
  const outDir = await mkdtemp(join(tmpdir(), 'alignlet-page-'));
  await buildPage(outDir);
  const server = await preview({
    configFile,
    base: '/some/where/', // the build knows nothing of it
    logLevel: 'error',
    build: { outDir },
    preview: { port: 0, host: '127.0.0.1' },
  });
  const address = server.httpServer.address();
  if (!address || typeof address === 'string') throw new Error('the page is not served on a port');
  return {
    url: `http://127.0.0.1:${address.port}/some/where/`,
    async close() {
      await server.close();
      await rm(outDir, { recursive: true, force: true });
    },
  };
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain',
};

/** Serves a built page from a folder as a static host does, with these headers on every answer and no others. */
export async function serveFolder(folder: string, headers: Record<string, string> = {}): Promise<Served> {
  const host = createHost((request, response) => {
    const { pathname } = new URL(request.url!, 'http://host');
    const path = pathname === '/' ? '/index.html' : pathname;
    readFile(join(folder, normalize(path))).then(
      (file) => {
        const type = TYPES[extname(path)] ?? 'application/octet-stream';
        response.writeHead(200, { ...headers, 'content-type': type }).end(file);
      },
      () => response.writeHead(404, headers).end(),
    );
  });
  await new Promise<void>((listening) => host.listen(0, '127.0.0.1', listening));
  const address = host.address();
  if (!address || typeof address === 'string') throw new Error('the page is not served on a port');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    async close() {
      host.closeAllConnections();
      await new Promise((closed) => host.close(closed));
    },
  };
}
