import type { Plugin, Rolldown } from 'vite';

/** What the first picture waits for besides the entry's own imports: the page itself, and the letters that it is set in. */
const PAGE = /\/ui\/app\/open\.tsx$/;
const FONT = /inter-latin-wght-normal.*\.woff2$/;

/** Lets the browser fetch both from the beginning, beside the entry. */
export function preload(): Plugin {
  return {
    name: 'preload',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_, { bundle = {} }) {
        const font = Object.keys(bundle).find((file) => FONT.test(file));
        const link = (attrs: Record<string, string>) =>
          ({ tag: 'link', attrs: { crossorigin: '', ...attrs }, injectTo: 'head' }) as const;
        return [
          ...(font ? [link({ rel: 'preload', as: 'font', type: 'font/woff2', href: `./${font}` })] : []),
          ...withImports(bundle, chunkOf(bundle, PAGE)).map((file) =>
            link({ rel: 'modulepreload', href: `./${file}` }),
          ),
        ];
      },
    },
  };
}

type Bundle = Rolldown.OutputBundle;

/** The chunk that a module is the entry of. */
export function chunkOf(bundle: Bundle, module: RegExp): string {
  const chunk = Object.values(bundle).find((c) => c.type === 'chunk' && module.test(c.facadeModuleId ?? ''));
  if (!chunk) throw new Error(`no chunk of ${module}`);
  return chunk.fileName;
}

/** A chunk and whatever is loaded with it. */
export function withImports(bundle: Bundle, file: string, seen: Set<string> = new Set()): string[] {
  const chunk = bundle[file];
  if (seen.has(file) || chunk?.type !== 'chunk') return [...seen];
  seen.add(file);
  for (const inner of chunk.imports) withImports(bundle, inner, seen);
  return [...seen];
}
