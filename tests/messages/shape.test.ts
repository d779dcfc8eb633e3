import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { shapeProblems, shown } from '../../src/messages/shape';

const of = (schema: z.ZodType, value: unknown) => shapeProblems(schema, value).map((p) => p.message.code);

describe('what a schema refuses', () => {
  it.each([
    [z.number(), 'a', 'value.type'],
    [z.int(), 1.5, 'value.type'],
    [z.number().min(1), 0, 'value.atLeast'],
    [z.number().max(1), 2, 'value.atMost'],
    [z.number().min(0).max(1), 2, 'value.number'],
    [z.number().min(0).max(1), 'x', 'value.number'],
    [z.number().int().min(0).max(9).nullable().default(1), 0.5, 'value.number'],
    [z.boolean(), 'yes', 'value.flag'],
    [z.enum(['a', 'b']), 'constructor', 'value.choice'],
    [z.literal(1), 2, 'value.choice'],
    [z.string().min(1), '', 'value.tooShort'],
    [z.string().max(1), 'ab', 'value.tooLong'],
    [z.array(z.number()).min(1), [], 'value.tooShort'],
    [z.array(z.number()).max(1), [1, 2], 'value.tooLong'],
    [z.array(z.number()), 3, 'value.type'],
    [z.object({}), 3, 'value.type'],
    [z.string().regex(/^a$/), 'b', 'value.pattern'],
    [z.custom(() => false), 3, 'value.invalid'],
    [z.discriminatedUnion('t', [z.object({ t: z.literal('a') })]), { t: 'b' }, 'value.invalid'],
    [z.date(), 3, 'value.invalid'],
  ] as [z.ZodType, unknown, string][])('%#: a code of ours', (schema, value, code) =>
    expect(of(schema, value)).toEqual([code]),
  );

  it('says where it is, names unknown keys, and no place twice', () => {
    const schema = z.strictObject({ list: z.array(z.strictObject({ n: z.int().min(0).max(5) })) });
    const value = JSON.parse('{"list": [{"n": 1e30, "__proto__": 1}], "constructor": 2}') as unknown;
    expect(shapeProblems(schema, value).map(({ path, message }) => [path, message.code])).toEqual([
      ['list.0.n', 'value.number'],
      ['list.0.__proto__', 'name.unknown'],
      ['constructor', 'name.unknown'],
    ]);
  });

  it('shows what it got, shortened', () => {
    expect([NaN, undefined, null, 'a', [1]].map(shown)).toEqual(['NaN', 'undefined', 'null', '"a"', '[1]']);
    expect(shown('x'.repeat(500)).length).toBe(60);
  });
});
