import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { gzipped, namedIn, scriptsBeforeStart, staticImports } from './modules.mjs';

it('finds the scripts and preloads of a page, not its styles, icons or inline scripts', () => {
  const html = `<script>window.x = '<b src="no.js">'</script><script src="./first.js"></script>
    <script type=module crossorigin src=./assets/index.js></script>
    <link rel="modulepreload" crossorigin href="./assets/shared.js"><link rel="stylesheet" href="./a.css">
    <link rel="preload" as="font" href="./font.woff2"><script src="https://other.example/x.js"></script>`;
  expect(namedIn(html)).toEqual(['./first.js', './assets/index.js', './assets/shared.js']);
});

it('reads what a minified module imports before it runs, and nothing that only looks so', () => {
  const code =
    'import{a as b}from"./a.js";import"./b.js";export*from"./c.js";export{x}from"./d.js";export{b as y};' +
    'const s=`import"./no.js"`;/* import "./no.js" */import("./later.js");export default()=>import.meta.url+s';
  expect(staticImports(code)).toEqual(['./a.js', './b.js', './c.js', './d.js']);
});

let dist: string;
const put = (path: string, text: string) => {
  mkdirSync(dirname(join(dist, path)), { recursive: true });
  writeFileSync(join(dist, path), text);
};
beforeEach(() => {
  dist = mkdtempSync(join(tmpdir(), 'modules-'));
});
afterEach(() => rmSync(dist, { recursive: true }));

it('follows static imports through the folder, each file once, circles too, and leaves the rest out', () => {
  put(
    'index.html',
    '<script type="module" src="./assets/main.js"></script><script src="./classic.js"></script>',
  );
  put('classic.js', 'var a = 1');
  put('assets/main.js', 'import "./a.js"; import "../b.js"; void import("./later.js")');
  put('assets/a.js', 'import "../b.js"; export {}');
  put('b.js', 'import "./assets/main.js"; export {}');
  put('assets/later.js', 'import "./more.js"');
  const found = scriptsBeforeStart(dist);
  expect(found).toEqual(['assets/main.js', 'assets/a.js', 'b.js', 'classic.js']);
  expect(gzipped(dist, ['classic.js', 'b.js'])).toBe(
    gzipSync('var a = 1', { level: 9 }).length +
      gzipSync('import "./assets/main.js"; export {}', { level: 9 }).length,
  );
});
