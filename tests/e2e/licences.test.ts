import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAllowed, licences, NOTICES, notices } from '../../src/build/licences';
import { buildPage } from './serve';

const HEADING = /^(\S+) (\S+) \(([^()]+)\)$/;

interface Notice {
  name: string;
  license: string;
  text: string;
}

/** The notices of a file, in order. */
function read(file: string): Notice[] {
  return file.split(`\n\n${'-'.repeat(80)}\n\n`).flatMap((part) => {
    const [heading = '', , ...lines] = part.split('\n');
    const [, name, , license] = HEADING.exec(heading) ?? [];
    return name && license ? [{ name, license, text: lines.join('\n').trim() }] : [];
  });
}

describe('the notices beside the page', { timeout: 180_000 }, () => {
  let folder: string;
  let file: string;
  let found: Notice[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'alignlet-licences-'));
    await buildPage(folder);
    file = await readFile(join(folder, NOTICES), 'utf8');
    found = read(file);
  }, 180_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('begin with the licence of this program', () => {
    expect(file).toMatch(/^\uFEFFMIT License\n/);
  });

  it.each([
    ['the page', ['react', '@mantine/core', 'recharts', 'katex']],
    ['fonts', ['@fontsource-variable/inter', 'katex']],
    ['workers', ['@tensorflow/tfjs-backend-wasm', 'comlink', 'long']],
    ['binaries', ['assemblyscript']],
    ['the service worker', ['workbox-routing', 'workbox-strategies']],
  ])('name what is in %s', (_, packages) => {
    expect(found.map((n) => n.name)).toEqual(expect.arrayContaining(packages));
  });

  it('name every package once, with a licence that is allowed and its whole text', () => {
    expect(found.length).toBeGreaterThan(40);
    expect(new Set(found.map((n) => n.name)).size).toBe(found.length);
    expect(found.filter((n) => !isAllowed(n.license))).toEqual([]);
    expect(found.filter((n) => n.text.length < 500)).toEqual([]);
    expect(found.filter((n) => n.text.includes('<year>'))).toEqual([]);
    expect(found.find((n) => n.name === 'assemblyscript')!.text).toContain(
      'licensed their contributions to AssemblyScript',
    );
    expect(found.find((n) => n.name === '@fontsource-variable/inter')!.license).toBe('OFL-1.1');
  });
});

describe('a package', () => {
  it('that carries no copy of its licence gets the text of SPDX', () => {
    const info = { name: '@tensorflow/tfjs-core', version: '4.22.0', license: 'Apache-2.0', licenseText: '' };
    const [notice] = read(notices([info]));
    expect(notice!.text).toContain('TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION');
  });

  it.each([
    ['an unknown licence', '"GPL-3.0-only"', 'incompatible license: GPL-3.0-only'],
    ['a licence of which a part is not allowed', '"MIT AND GPL-3.0-only"', 'incompatible license'],
    ['no licence', '""', 'does not specify any license'],
  ])('with %s stops the build', async (_, license, problem) => {
    const root = await mkdtemp(join(tmpdir(), 'alignlet-package-'));
    try {
      const path = join(root, 'node_modules', 'thing');
      await mkdir(path, { recursive: true });
      await writeFile(join(path, 'package.json'), `{"name":"thing","version":"1.0.0","license":${license}}`);
      await writeFile(join(path, 'index.js'), 'console.log(1)');
      await writeFile(join(root, 'main.js'), "import 'thing'");
      const building = build({
        configFile: false,
        root,
        logLevel: 'silent',
        plugins: [licences().page],
        build: { write: false, rolldownOptions: { input: join(root, 'main.js') } },
      });
      await expect(building).rejects.toThrow(problem);
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  });
});
