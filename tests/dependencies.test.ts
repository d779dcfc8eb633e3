import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
// @ts-expect-error a program of CI, in JavaScript
import { judged } from '../.ci/audit.mjs';

const TOP = new URL('../', import.meta.url);
const json = async <T>(file: string): Promise<T> =>
  JSON.parse(await readFile(new URL(file, TOP), 'utf8')) as T;

type Versions = Record<string, string>;
interface Package {
  version?: string;
  dev?: true;
  optional?: true;
  hasInstallScript?: true;
  integrity?: string;
  link?: true;
}

const EXACT = /^\d+\.\d+\.\d+(-[\w.]+)?$/;

/** Versions that a manifest leaves open. */
const open = (...all: (Versions | undefined)[]): string[] =>
  all.flatMap((versions) =>
    Object.entries(versions ?? {}).flatMap(([name, version]) =>
      EXACT.test(version) ? [] : `${name} ${version}`,
    ),
  );

/** What is shipped and runs a program of its own when it is installed. */
const installing = (packages: Record<string, Package>): string[] =>
  Object.entries(packages).flatMap(([path, { dev, hasInstallScript }]) =>
    hasInstallScript && !dev ? path : [],
  );

/** Actions of a workflow that may become others under the same name. */
const movable = (workflow: string): string[] =>
  [...workflow.matchAll(/uses:\s*(\S+)/g)]
    .map(([, action]) => action!)
    .filter((action) => !/^\.\/|@[0-9a-f]{40}$/.test(action));

describe('dependencies', () => {
  it.each(['package.json', 'tests/bench/package.json'])('have exact versions in %s', async (file) => {
    const { dependencies, devDependencies } = await json<{
      dependencies?: Versions;
      devDependencies?: Versions;
    }>(file);
    expect(open(dependencies, devDependencies)).toEqual([]);
  });

  it('are locked with their sums, and none that is shipped runs a program when it is installed', async () => {
    const { packages } = await json<{ packages: Record<string, Package> }>('package-lock.json');
    const { '': own, ...others } = packages;
    expect(own).toBeDefined();
    expect(Object.keys(others).length).toBeGreaterThan(100);
    expect(Object.entries(others).flatMap(([path, p]) => (p.integrity || p.link ? [] : path))).toEqual([]);
    expect(installing(packages)).toEqual([]);
  });

  it('of CI are pinned by commit', async () => {
    const folder = new URL('.github/workflows/', TOP);
    const files = await readdir(folder);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files)
      expect(movable(await readFile(new URL(file, folder), 'utf8')), file).toEqual([]);
  });

  it('that are open, run programs or may move are found', () => {
    expect(
      open({ a: '1.2.3', b: '^1.2.3', c: '1.x', d: 'latest', e: '1.2.3-rc.1', f: 'github:a/b' }),
    ).toEqual([...['b ^1.2.3', 'c 1.x', 'd latest', 'f github:a/b']]);
    expect(
      installing({ a: { hasInstallScript: true }, b: { hasInstallScript: true, dev: true }, c: {} }),
    ).toEqual(['a']);
    expect(movable(`uses: a/b@v4\n uses: a/b@${'0a'.repeat(20)} # v4\nuses: ./local`)).toEqual(['a/b@v4']);
  });
});

describe('the audit', () => {
  const found = (severity: string) => ({
    vulnerabilities: { a: { name: 'a', severity, via: [{ title: 'bad' }, 'b'] } },
  });

  it.each<[string, unknown, string, string[]]>([
    ['nothing', { vulnerabilities: {} }, 'clean', []],
    ['what is moderate', found('moderate'), 'clean', []],
    ['what is high', found('high'), 'vulnerable', ['a: high; bad']],
    ['what is critical', found('critical'), 'vulnerable', ['a: critical; bad']],
    [
      'no answer',
      { message: '405 Method Not Allowed', statusCode: 405 },
      'unanswered',
      ['405 Method Not Allowed'],
    ],
    ['null', null, 'unanswered', ['npm audit prints no vulnerabilities, not even none']],
  ])('of %s', (_, answer, status, lines) => {
    expect(judged(JSON.stringify(answer))).toEqual({ status, lines });
  });

  it('of what is no answer at all', () => {
    expect(judged('').status).toBe('unanswered');
  });

  it('is part of CI', async () => {
    expect(await readFile(new URL('.ci/run', TOP), 'utf8')).toContain('node .ci/audit.mjs');
  });
});
