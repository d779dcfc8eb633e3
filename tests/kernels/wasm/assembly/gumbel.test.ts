import { describe, expect, it } from 'vitest';
import { roundUp4 } from '../../../../src/kernels/kernels';
import { gumbelSample } from '../../../support/plain/gumbel-sample';
import { gumbelRow } from '../../../../src/random/noise';
import { chiSquare } from '../../../support/numbers';
import { BUILDS, normals, openKernels } from '../../harness';

describe.each(BUILDS)('Gumbel sampling ($name build)', ({ relaxed }) => {
  it('draws the noise field of src/random/noise.ts', async () => {
    const k = await openKernels(relaxed);
    let worst = 0;
    for (const [key, row, step] of [
      [0, 0, 0],
      [0xffffffff, 3, 7],
      [123456789, 100000, 63],
    ] as const) {
      const expected = new Float32Array(40_001);
      gumbelRow(key, row, step, expected);
      const found = k.gumbelRow(key, row, step, expected.length);
      expected.forEach(
        (x, i) => (worst = Math.max(worst, Math.abs(found[i]! - x) / Math.max(1, Math.abs(x)))),
      );
    }
    expect(worst).toBeLessThan(1e-6);
  });

  it.each([13, 16, 357])('takes the argmax that the plain sampler takes, V=%i', async (v) => {
    const k = await openKernels(relaxed);
    const rows = 50;
    const width = roundUp4(v);
    const logits = normals(rows * width);
    const banned = [0, 5];
    const penalty = Float32Array.from({ length: width }, (_, j) =>
      j >= v || banned.includes(j) ? -Infinity : 0,
    );
    for (const temperature of [0, 0.5, 1]) {
      const tokens = k.frame(() => {
        const out = k.temporary(rows);
        const index = k.upload(Int32Array.from({ length: rows }, (_, r) => 7 + r));
        const steps = k.upload(Int32Array.from({ length: rows }, (_, r) => r % 3));
        k.gumbelSample({
          logits: k.upload(logits),
          penalty: k.upload(penalty),
          noiseRows: index,
          noiseSteps: steps,
          out,
          rows,
          vocabulary: v,
          temperature,
          key: 99,
        });
        return [...k.readInts(out)];
      });
      const expected = tokens.map((_, r) =>
        gumbelSample(logits.subarray(r * width, r * width + v), temperature, banned, {
          key: 99,
          row: 7 + r,
          step: r % 3,
        }),
      );
      expect(tokens).toEqual(expected);
    }
  });

  it('has the frequencies of the softmax, in row 0 too', async () => {
    const k = await openKernels(relaxed);
    const logits = Float32Array.of(-Infinity, 0, 1, 2, -1, 0.5, 0.3, -2);
    const weights = Array.from(logits, Math.exp);
    const total = weights.reduce((a, b) => a + b);
    const counts = new Array<number>(8).fill(0);
    for (let key = 0; key < 8000; key++)
      k.frame(() => {
        const out = k.temporary(1);
        const zero = k.upload(Int32Array.of(0));
        k.gumbelSample({
          logits: k.upload(logits),
          penalty: k.upload(new Float32Array(8)),
          noiseRows: zero,
          noiseSteps: zero,
          out,
          rows: 1,
          vocabulary: 8,
          temperature: 1,
          key,
        });
        counts[k.readInts(out)[0]!]!++;
      });
    expect(chiSquare(counts, weights.map((w) => w / total)).p).toBeGreaterThan(1e-4); // prettier-ignore
  });

  it('reports rows without a number', async () => {
    const k = await openKernels(relaxed);
    k.frame(() => {
      const out = k.temporary(1);
      const zero = k.upload(Int32Array.of(0));
      const logits = k.upload(new Float32Array(8).fill(NaN));
      k.gumbelSample({
        logits,
        penalty: k.upload(new Float32Array(8)),
        noiseRows: zero,
        noiseSteps: zero,
        out,
        rows: 1,
        vocabulary: 8,
        temperature: 1,
        key: 1,
      });
      expect(k.readInts(out)[0]).toBe(-1);
    });
  });
});
