import { describe, expect, it } from 'vitest';
import { LANGUAGE_CODES } from '../../../src/ui/i18n';
import { LOOK } from '../../../src/ui/i18n/look';

const leaves = (value: object, path = ''): [string, string][] =>
  Object.entries(value).flatMap(([key, inner]): [string, string][] =>
    typeof inner === 'string' ? [[`${path}${key}`, inner]] : leaves(inner as object, `${path}${key}.`),
  );
const gaps = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((m) => m[1]!).sort();

/** Symbols and abbreviations that are the same in every language. */
const SAME = new Set<string>([]);

describe('words of what is looked into', () => {
  const english = new Map(leaves(LOOK.en));

  it('are there in every language', () => expect(Object.keys(LOOK)).toEqual([...LANGUAGE_CODES]));

  it.each(LANGUAGE_CODES)('has all of them in %s, with the same gaps', (code) => {
    const words = new Map(leaves(LOOK[code]));
    expect([...words.keys()].sort()).toEqual([...english.keys()].sort());
    for (const [key, text] of words) {
      expect(text.trim(), key).not.toBe('');
      expect(text, key).not.toMatch(/[!！]/);
      expect(gaps(text), key).toEqual(gaps(english.get(key)!));
      if (code !== 'en' && /[a-z]{3}/.test(english.get(key)!) && !SAME.has(text))
        expect(text, key).not.toBe(english.get(key));
    }
  });
});
