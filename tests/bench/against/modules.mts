import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parseAst } from 'vite';

const attribute = (tag: string, name: string): string | undefined =>
  new RegExp(`\\s${name}=["']?([^"'\\s>]+)`, 'i').exec(tag)?.[1];

/** Scripts that a page names itself: `<script src>` and `<link rel=modulepreload>`. */
export function namedIn(html: string): string[] {
  const tags = html.match(/<(script|link)\b[^>]*>/gi) ?? [];
  return tags.flatMap((tag) => {
    const isScript = /^<script/i.test(tag);
    if (!isScript && attribute(tag, 'rel') !== 'modulepreload') return [];
    const url = attribute(tag, isScript ? 'src' : 'href');
    return url && !/^(https?:)?\/\//.test(url) ? [url] : [];
  });
}

/** What a module imports before it can run; not what it imports later. */
export function staticImports(code: string): string[] {
  const program = parseAst(code, { sourceType: 'module' } as never) as unknown as {
    body: { type: string; source?: { value: string } | null }[];
  };
  return program.body.flatMap(({ type, source }) =>
    source && /^(Import|ExportNamed|ExportAll)Declaration$/.test(type) ? [source.value] : [],
  );
}

/** All scripts that must have come before the entry of a built page runs, as paths in its folder. */
export function scriptsBeforeStart(dist: string): string[] {
  const found = new Set<string>();
  const visit = (file: string) => {
    const path = relative(dist, file).replaceAll('\\', '/');
    if (found.has(path)) return;
    found.add(path);
    for (const url of staticImports(readFileSync(file, 'utf8')))
      if (/^\.{0,2}\//.test(url)) visit(url.startsWith('/') ? join(dist, url) : join(dirname(file), url));
  };
  for (const url of namedIn(readFileSync(join(dist, 'index.html'), 'utf8'))) visit(join(dist, url));
  return [...found];
}

/** Bytes that these files are when each is compressed as static hosts do. */
export const gzipped = (dist: string, paths: readonly string[]): number =>
  paths.reduce((sum, path) => sum + gzipSync(readFileSync(join(dist, path)), { level: 9 }).length, 0);
