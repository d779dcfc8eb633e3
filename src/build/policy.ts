import type { Plugin } from 'vite';

/** Cross-origin isolation: without it there is no shared memory, so WASM runs on one thread, and timers are coarse. */
export const ISOLATION: Readonly<Record<string, string>> = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/**
 * What the page may do: load from its own folder and nothing else. WASM must be compiled. Styles may be inline:
 * Mantine writes its theme into <style>, and KaTeX lays out formulas by style attributes in HTML; a static host
 * cannot give them nonces, and a style runs nothing. Pictures of charts are drawn by way of a `blob:`. Who may frame the page is left to the host.
 */
export const POLICY = Object.entries({
  'default-src': "'none'",
  'script-src': "'self' 'wasm-unsafe-eval'",
  'worker-src': "'self'",
  'connect-src': "'self'",
  'style-src': "'self' 'unsafe-inline'",
  'font-src': "'self'",
  'img-src': "'self' blob:",
  'base-uri': "'none'",
  'form-action': "'none'",
})
  .map(([directive, sources]) => `${directive} ${sources}`)
  .join('; ');

/**
 * The policy in the page, for hosts that send no headers, and `_headers` for those that read it (Netlify, Cloudflare
 * Pages), where it holds for workers too. The development server needs inline scripts and has none of it.
 */
export function policy(): Plugin {
  const headers = { 'Content-Security-Policy': POLICY, 'X-Content-Type-Options': 'nosniff', ...ISOLATION };
  const lines = Object.entries(headers).map(([name, value]) => `  ${name}: ${value}\n`);
  return {
    name: 'policy',
    apply: 'build',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: '_headers', source: `/*\n${lines.join('')}` });
    },
    transformIndexHtml: {
      order: 'post', // comes before whatever it is to hold for
      handler: () => [
        {
          tag: 'meta',
          attrs: { 'http-equiv': 'Content-Security-Policy', content: POLICY },
          injectTo: 'head-prepend',
        },
      ],
    },
  };
}
