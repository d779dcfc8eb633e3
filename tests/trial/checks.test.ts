import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { PARTS } from './check.mjs';
import { amountsFor, CHECKS, LONG } from './checks.mjs';

const TOP = new URL('../../', import.meta.url);

describe('checks', () => {
  it('have names of their own and tests', () => {
    expect(new Set(CHECKS.map(({ id }) => id)).size).toBe(CHECKS.length);
    for (const { id, tests } of CHECKS) expect(tests.length, id).toBeGreaterThan(0);
    expect(new Set(CHECKS.map(({ part }) => part))).toEqual(new Set(PARTS));
  });

  const files = [...new Set(CHECKS.flatMap(({ tests }) => tests.map(({ file }) => file)))];
  it.each(files)('name tests that %s has', async (file) => {
    const source = (await readFile(new URL(file, TOP), 'utf8')).replaceAll(/\s+/g, ' ');
    const isTitle = (text: string) =>
      [`'`, '"', '`', '%s ', ': '].some((before) => source.includes(before + text));
    /** Whether titles of `describe` and `it`, and what tables fill in, make up the name. */
    const isMade = (words: readonly string[]): boolean =>
      words.length === 0 ||
      words.some((_, i) => isTitle(words.slice(0, i + 1).join(' ')) && isMade(words.slice(i + 1)));
    const names = CHECKS.flatMap(({ tests }) => tests.filter((t) => t.file === file).flatMap((t) => t.names));
    const unknown = names.filter((name) => !isMade(name.split(' ')));
    expect(unknown).toEqual([]);
  });

  it('are told their own amount and no other', () => {
    expect(amountsFor('fuzz', { ...LONG, seed: 3 })).toEqual({ seed: 3, fuzz: 100_000 });
    expect(amountsFor('rows', { ...LONG })).toEqual({});
  });
});
