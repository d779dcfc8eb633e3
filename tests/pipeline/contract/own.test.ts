import { z } from 'zod';
import { describe, expect, it } from 'vitest';
import { sentence, type MessageError } from '../../../src/messages';
import {
  OWN_KINDS,
  ownData,
  ownDataProblem,
  ownKey,
  ownProblem,
  type OwnData,
} from '../../../src/pipeline/contract/own';
import { integer, keyedSettings, ownNamed, ownSetting, settingFields, settingText, settingValue } from '../../../src/pipeline/contract/settings'; // prettier-ignore

const pair = { prompt: ['review:'], chosen: ['good', '<eos>'], rejected: ['bad', '<eos>'] };
const SAMPLES: Record<(typeof OWN_KINDS)[number], OwnData> = {
  pairs: { kind: 'pairs', rows: [pair, { ...pair, tie: true, who: 'AL', when: 5 }] },
  demonstrations: { kind: 'demonstrations', rows: [{ prompt: ['q:'], completion: ['yes', '<eos>'] }] },
  prompts: { kind: 'prompts', rows: [{ prompt: ['q:'] }] },
  text: { kind: 'text', text: 'once upon a time' },
  reward: { kind: 'reward', source: 'return 1' },
};

describe.each(OWN_KINDS)('own %s', (kind) => {
  const data = SAMPLES[kind];

  it('are named by their content, and read under that name', () => {
    const hash = ownKey(data);
    expect(hash).toMatch(/^[0-9a-f]{32}$/);
    const copy = JSON.parse(JSON.stringify(data)) as OwnData;
    expect(ownKey(copy)).toBe(hash);
    expect(ownProblem({ [hash]: copy })).toBeUndefined();
    expect(ownData({ own: { [hash]: copy } }, kind, hash)).toBe(copy);
  });

  it('that are not here, or none, are a sentence', () => {
    const hash = ownKey(data);
    for (const context of [{}, { own: {} }, { own: { [hash]: SAMPLES[kind === 'text' ? 'pairs' : 'text'] } }])
      expect(() => ownData(context, kind, hash)).toThrow(/does not have/);
    expect(() => ownData({ own: {} }, kind, null)).toThrow(/none was chosen/);
    expect(() => ownData({ own: {} }, kind, 'constructor')).toThrow(/does not have/);
  });

  it('may come from anywhere: what is wrong with them is said', () => {
    expect(ownDataProblem({ ...data, more: 1 })).toBeDefined();
    expect(ownDataProblem({ kind })).toBeDefined();
    expect(sentence(ownProblem({ '0123456789abcdef0123456789abcdef': data })!)).toMatch(/is not what/);
  });
});

it('what is of no kind is no own data', () => {
  for (const value of [null, undefined, 5, [], {}, { kind: 'constructor' }, { kind: 'labels', rows: [] }])
    expect(ownDataProblem(value)?.code).toBe('own.kind');
});

it('other content has another name, whatever differs', () => {
  const keys = [pair, { ...pair, tie: true as const }, { ...pair, chosen: pair.rejected }].map((row) =>
    ownKey({ kind: 'pairs', rows: [row] }),
  );
  expect(new Set(keys).size).toBe(3);
});

describe('a setting that names own data', () => {
  const info = { label: 'labels', effect: 'More.' };
  const schema = z.object({ count: integer(3, 1, 9, info), labels: ownSetting('pairs', info) });
  const hash = ownKey(SAMPLES.pairs);

  it('is none by default, and then in no key', () => {
    expect(schema.parse({})).toEqual({ count: 3, labels: null });
    expect(keyedSettings(schema, schema.parse({}))).toEqual({ count: 3 });
    expect(keyedSettings(schema, { count: 3, labels: hash })).toEqual({ count: 3, labels: hash });
    expect(ownNamed(schema, schema.parse({}))).toEqual([]);
    expect(ownNamed(schema, { count: 3, labels: hash })).toEqual([{ name: 'labels', kind: 'pairs', hash }]);
  });

  it('is written into links and read again', () => {
    const { kind } = settingFields(schema).find(({ name }) => name === 'labels')!;
    expect(kind).toEqual({ type: 'own', of: 'pairs' });
    for (const value of [null, hash]) expect(settingValue(settingText(value), kind)).toBe(value);
  });
});

it('the sentence names the kind and the beginning of the hash', () => {
  try {
    ownData({}, 'reward', '0123456789abcdef0123456789abcdef');
  } catch (error) {
    expect(sentence((error as MessageError).info, 'zh')).toContain('01234567');
    expect(sentence((error as MessageError).info, 'zh')).toContain('奖励函数');
  }
  expect.assertions(2);
});
