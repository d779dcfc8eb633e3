import { describe, expect, it } from 'vitest';
import { CheckpointError } from '../../src/model/checkpoint';
import {
  fromHalfBits,
  readSafetensors,
  toHalfBits,
  writeSafetensors,
  type StoredTensor,
} from '../../src/model/safetensors';

describe('safetensors', () => {
  it('keeps every dtype', () => {
    const tensors = new Map<string, StoredTensor>([
      ['a', { dtype: 'F32', shape: [2, 2], data: new Float32Array([1, -2.5, 1e-30, 3e38]) }],
      ['b', { dtype: 'F16', shape: [3], data: new Float32Array([1, -0.5, 65504]) }],
      ['c', { dtype: 'I32', shape: [2], data: new Int32Array([-(2 ** 31), 2 ** 31 - 1]) }],
      ['d', { dtype: 'U16', shape: [1, 3], data: new Uint16Array([0, 1, 65535]) }],
      ['scalar', { dtype: 'F32', shape: [], data: new Float32Array([7]) }],
      ['empty', { dtype: 'F32', shape: [0, 4], data: new Float32Array(0) }],
    ]);
    const metadata = { note: 'ünïcödé' };
    expect(readSafetensors(writeSafetensors({ tensors, metadata }))).toEqual({ tensors, metadata });
  });

  const one: StoredTensor = { dtype: 'F32', shape: [1], data: new Float32Array([1]) };
  it.each<[string, Record<string, StoredTensor>, Record<string, string>, RegExp]>([
    ['a tensor __metadata__', { __metadata__: one }, {}, /'__metadata__' cannot be a name/],
    ['a tensor __proto__', { ['__proto__']: one }, {}, /'__proto__' cannot be a name/],
    ['a note __proto__', {}, { ['__proto__']: 'x' }, /'__proto__' cannot be a name/],
    ['a negative shape', { a: { ...one, shape: [-1, -1] } }, {}, /'a' has a shape/],
    ['a fractional shape', { a: { ...one, shape: [0.5, 2] } }, {}, /'a' has a shape/],
    ['another count', { a: { ...one, shape: [2] } }, {}, /'a' has 1 numbers for shape \[2\]/],
    ['a fraction as U16', { a: { dtype: 'U16', shape: [1], data: new Float32Array([0.5]) } }, {}, /'a' holds 0.5, which is no U16/],
    ['a negative U16', { a: { dtype: 'U16', shape: [1], data: new Int32Array([-1]) } }, {}, /'a' holds -1/],
    ['a large U16', { a: { dtype: 'U16', shape: [1], data: new Int32Array([65536]) } }, {}, /'a' holds 65536/],
    ['a large I32', { a: { dtype: 'I32', shape: [1], data: new Float32Array([2 ** 31]) } }, {}, /'a' holds 2147483648/],
  ])('refuses to write %s', (_, tensors, metadata, expected) => {
    const write = () => writeSafetensors({ tensors: new Map(Object.entries(tensors)), metadata });
    expect(write).toThrow(CheckpointError);
    expect(write).toThrow(expected);
  }); // prettier-ignore

  it('decodes and encodes all 65 536 halves', () => {
    for (let bits = 0; bits < 65536; bits++) {
      const x = fromHalfBits(bits);
      if (Number.isNaN(x)) expect(toHalfBits(x) & 0x7e00).toBe(0x7e00);
      else if (toHalfBits(x) !== bits) expect.fail(`half ${bits} became ${toHalfBits(x)}`);
    }
  });

  it('rounds to the nearest half, ties to even', () => {
    for (let bits = 0; bits < 0x7c00 - 1; bits++) {
      const [low, high] = [fromHalfBits(bits), fromHalfBits(bits + 1)];
      const middle = (low + high) / 2; // exact in float32
      const even = bits & 1 ? bits + 1 : bits;
      const nudge = middle * 2 ** -20;
      if (
        toHalfBits(middle) !== even ||
        toHalfBits(middle - nudge) !== bits ||
        toHalfBits(middle + nudge) !== bits + 1
      )
        expect.fail(`wrong rounding between halves ${bits} and ${bits + 1}`);
    }
    expect(toHalfBits(65519.99)).toBe(0x7bff);
    expect(toHalfBits(65520)).toBe(0x7c00);
    expect(toHalfBits(-0)).toBe(0x8000);
    expect(toHalfBits(1e-10)).toBe(0);
  });
});
