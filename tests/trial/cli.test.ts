import { expect, it } from 'vitest';
import { PARTS } from './check.mjs';
import { LONG } from './checks.mjs';
import { readFlags } from './cli.mjs';

it('the command line asks for parts, amounts, a seed and a folder', () => {
  expect(readFlags([])).toEqual({ parts: PARTS, amounts: LONG, out: '', fresh: false });
  expect(readFlags(['--only', 'fuzz,soak', '--seed', '5', '--path', '1:2', '--out', 'x'])).toEqual({
    ...{ parts: ['fuzz', 'soak'], out: 'x', fresh: false },
    amounts: { ...LONG, seed: 5, path: '1:2' },
  });
  expect(readFlags(['--short'])).toMatchObject({ amounts: {}, out: null });
  expect(readFlags(['--amounts', '3', '--out', 'none'])).toMatchObject({
    amounts: { fuzz: 3, soak: 3 },
    out: null,
  });
});
