import { describe, expect, it } from 'vitest';
import { settingFields } from '../../../src/pipeline/contract/settings';
import { STAGES, type StageName } from '../../../src/pipeline/stages';
import { en } from '../../../src/ui/i18n/en';
import { glossary } from '../../../src/ui/i18n/en/glossary';
import { kept } from '../../../src/ui/i18n/en/kept';
import { labeler } from '../../../src/ui/i18n/en/labeler';
import { own } from '../../../src/ui/i18n/en/own';
import { transfer } from '../../../src/ui/i18n/en/transfer';
import { settings, words as zh } from '../../../src/ui/i18n/zh';

/** PPO, KL, WASM. */
const isAbbreviation = (text: string) => /^[A-Z]+$/.test(text);

/** Other words that are the same in both languages: names and symbols. */
const SAME = new Set([
  'Alignlet',
  'nano',
  'tiny',
  'small',
  'medium',
  'WebGPU',
  'WebGL',
  'English',
  '简体中文',
  '50 %',
  '–',
  'n',
  'PPO-ptx',
  'SimPO',
  '{{message}}',
  '{{value}} kB',
  '{{value}} MB',
  '{{value}} GB',
  '{{update}} / {{updates}}',
]);

const leaves = (value: object, path = ''): [string, string][] =>
  Object.entries(value).flatMap(([key, inner]): [string, string][] =>
    typeof inner === 'string' ? [[`${path}${key}`, inner]] : leaves(inner as object, `${path}${key}.`),
  );

const placeholders = (text: string): string[] =>
  [...text.matchAll(/\{\{(\w+)\}\}/g)].map((m) => m[1]!).sort();

describe('Chinese', () => {
  const english = new Map(leaves({ ...en, ...glossary, ...transfer, ...kept, ...labeler, ...own }));
  const chinese = new Map(leaves(zh));

  it('has exactly the keys of English', () =>
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort()));

  it('is translated, with the same gaps', () => {
    for (const [key, text] of chinese) {
      expect(text.trim(), key).not.toBe('');
      expect(text, key).not.toMatch(/[!！]/);
      if (!SAME.has(text) && !isAbbreviation(text)) expect(text, key).not.toBe(english.get(key));
      expect(placeholders(text), key).toEqual(placeholders(english.get(key)!));
    }
  });

  it('has no word in the list of equal ones without use', () => {
    const equal = new Set(
      [...chinese].filter(([key, text]) => english.get(key) === text).map(([, text]) => text),
    );
    expect([...SAME].filter((word) => !equal.has(word))).toEqual([]);
  });

  const fields = (Object.keys(STAGES) as StageName[]).flatMap((stage) =>
    settingFields(STAGES[stage].settings).map((field) => [`${stage}.${field.name}`, stage, field] as const),
  );

  it.each(fields)('explains the setting %s', (_, stage, field) => {
    const words = settings[stage]?.[field.name];
    expect(words?.effect).toMatch(/[\u4e00-\u9fff]/);
    expect(words?.label).toBeTruthy();
    expect(words!.label).not.toBe(field.info.label);
    if (field.info.unit) {
      expect(words!.unit).toBeTruthy();
      expect(words!.unit).not.toBe(field.info.unit);
    } else expect(words!.unit).toBeUndefined();
    if (field.kind.type === 'choice')
      for (const option of field.kind.options) expect(words!.options?.[option], option).toBeTruthy();
  });

  it('explains no setting that is not there', () => {
    const known = fields.map(([path]) => path).sort();
    const explained = Object.entries(settings).flatMap(([stage, words]) =>
      Object.keys(words).map((name) => `${stage}.${name}`),
    );
    expect(explained.sort()).toEqual(known);
  });
});
