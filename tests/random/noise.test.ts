import { describe, expect, it } from 'vitest';
import { gumbelRow, pcg4d, toOpenUnit } from '../../src/random/noise';
import { chiSquare } from '../support/numbers';

const hash = (x: number, y: number, z: number, w: number) => {
  const out = new Uint32Array(4);
  pcg4d(x, y, z, w, out);
  return Array.from(out);
};

const row = (key: number, r: number, step: number, length: number) => {
  const out = new Float32Array(length);
  gumbelRow(key, r, step, out);
  return out;
};

const EULER = 0.5772156649015329;

describe('noise field', () => {
  // from an independent implementation of pcg4d with Python's integers
  it('hashes known coordinates to known values', () => {
    expect(hash(0, 0, 0, 0)).toEqual([251852841, 760645481, 850445371, 3542436074]);
    expect(hash(1, 2, 3, 4)).toEqual([908250390, 4044648920, 3775961919, 45698095]);
    expect(hash(0xffffffff, 7, 0x80000000, 123456789)).toEqual([
      1787668222, 3432992719, 2557289305, 1426230194,
    ]);
  });

  it('gives known Gumbel values for key 0xdeadbeef, row 2, step 5', () => {
    const expected = [
      1.5955914827227429, 1.0658553672398323, 1.2344688684530292, 0.36717881947649045, 0.9370582739362966,
      -0.7292393508877666,
    ];
    expect(Array.from(row(0xdeadbeef, 2, 5, 6))).toEqual(expected.map(Math.fround));
  });

  it('does not depend on the length of the row that is asked for', () => {
    expect(row(9, 1, 2, 5)).toEqual(row(9, 1, 2, 50).slice(0, 5));
  });

  it('stays inside the open unit interval, exactly representable', () => {
    expect(toOpenUnit(0)).toBe(2 ** -25);
    expect(toOpenUnit(0xffffffff)).toBe(1 - 2 ** -25);
    expect(Number.isFinite(-Math.log(-Math.log(toOpenUnit(0xffffffff))))).toBe(true);
  });

  it.each(['key', 'row', 'step', 'column'])('is uniform along %s', (axis) => {
    const n = 16_384;
    const bins = 64;
    const counts = new Array<number>(bins).fill(0);
    for (let i = 0; i < n; i++) {
      const at = { key: 77, row: 3, step: 1, column: 0, [axis]: i };
      const u = toOpenUnit(hash(at.column >>> 2, at.step, at.row, at.key)[at.column & 3]!);
      counts[Math.floor(u * bins)]!++;
    }
    expect(chiSquare(counts, Array(bins).fill(1 / bins)).p).toBeGreaterThan(1e-4);
  });

  it('has uniform pairs of neighbours: rows, steps, columns, keys', () => {
    const bins = 8;
    for (const [dr, ds, dc, dk] of [
      [1, 0, 0, 0],
      [0, 1, 0, 0],
      [0, 0, 1, 0],
      [0, 0, 4, 0],
      [0, 0, 0, 1],
    ] as const) {
      // prettier-ignore
      const counts = new Array<number>(bins * bins).fill(0);
      for (let i = 0; i < 8192; i++) {
        const [r, s, c, k] = [i & 31, (i >>> 5) & 15, i >>> 9, 5];
        const value = (r: number, s: number, c: number, k: number) =>
          Math.floor(bins * toOpenUnit(hash(c >>> 2, s, r, k)[c & 3]!));
        counts[value(r, s, c, k) * bins + value(r + dr, s + ds, c + dc, k + dk)]!++;
      }
      expect(chiSquare(counts, Array(bins * bins).fill(1 / bins ** 2)).p).toBeGreaterThan(1e-4);
    }
  });

  it("has the Gumbel distribution's mean γ and variance π²/6", () => {
    const xs = Array.from({ length: 200 }, (_, r) => Array.from(row(1, r, 0, 357))).flat();
    const n = xs.length;
    const mean = xs.reduce((a, b) => a + b, 0) / n;
    const variance = xs.reduce((a, x) => a + (x - mean) ** 2, 0) / n;
    const trueVariance = Math.PI ** 2 / 6;
    expect(Math.abs(mean - EULER)).toBeLessThan(5 * Math.sqrt(trueVariance / n));
    expect(Math.abs(variance - trueVariance)).toBeLessThan(5 * trueVariance * Math.sqrt(4.4 / n)); // kurtosis 5.4
  });

  it('makes argmax of logits + noise a sample from softmax(logits)', () => {
    const logits = [0, 1, 2, -1, 0.5];
    const total = logits.reduce((a, x) => a + Math.exp(x), 0);
    const counts = [0, 0, 0, 0, 0];
    for (let r = 0; r < 20_000; r++) {
      const noise = row(4, r, 0, 5);
      const scores = logits.map((x, i) => x + noise[i]!);
      counts[scores.indexOf(Math.max(...scores))]!++;
    }
    const p = logits.map((x) => Math.exp(x) / total);
    expect(chiSquare(counts, p).p).toBeGreaterThan(1e-4);
  });
});
