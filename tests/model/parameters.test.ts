import { describe, expect, it } from 'vitest';
import { MODEL_SIZES, type GptConfig } from '../../src/model/config';
import {
  flatLength,
  initialWeights,
  parameterCount,
  parameterLayout,
  withFreshHead,
} from '../../src/model/parameters';
import { rngFrom } from '../../src/random/rng';
import reference from '../reference/gpt2.json';

const V = 357;
const config = (size: keyof typeof MODEL_SIZES): GptConfig => ({ vocabSize: V, ...MODEL_SIZES[size] });

describe('parameter layout', () => {
  it.each(['nano', 'tiny', 'small', 'medium'] as const)('%s: the count follows from the formula', (size) => {
    const { nPositions: P, nEmbd: d, nLayer: L } = MODEL_SIZES[size];
    // GPT-2: embeddings, per layer 12d² weights + 13d biases and gains, final norm, scalar head
    const expected = (V + P) * d + L * (12 * d * d + 13 * d) + 2 * d + (d + 1);
    expect(parameterCount(config(size))).toBe(expected);
  });

  it('has the published sizes', () => {
    expect(parameterCount(config('nano'))).toBe(26_273);
    expect(parameterCount(config('tiny'))).toBe(127_105);
    expect(parameterCount(config('small'))).toBe(851_457);
    expect(parameterCount(config('medium'))).toBe(3_283_969);
  });

  it("uses GPT-2's names and shapes, plus the scalar head at the end", () => {
    for (const { inputs } of reference.cases) {
      const c = inputs.config;
      const layout = parameterLayout({
        vocabSize: c.vocab_size,
        nPositions: c.n_positions,
        nEmbd: c.n_embd,
        nLayer: c.n_layer,
        nHead: c.n_head,
      });
      const names = Object.keys(inputs.parameters);
      expect(layout.map((p) => p.name)).toEqual([...names, 'score.weight', 'score.bias']);
      for (const [name, value] of Object.entries(inputs.parameters)) {
        const rows = value as number[] | number[][];
        const shape = Array.isArray(rows[0]) ? [rows.length, rows[0].length] : [rows.length];
        expect(layout.find((p) => p.name === name)!.shape).toEqual(shape);
      }
    }
  });

  it('aligns every tensor to 256 bytes without overlap; decay on matrices only', () => {
    const layout = parameterLayout(config('tiny'));
    let end = 0;
    for (const p of layout) {
      expect(p.offset % 64).toBe(0);
      expect(p.offset).toBeGreaterThanOrEqual(end);
      expect(p.decay).toBe(p.shape.length === 2);
      end = p.offset + p.size;
    }
    expect(flatLength(layout) % 64).toBe(0);
    expect(flatLength(layout)).toBeGreaterThanOrEqual(end);
  });
});

describe('initial weights', () => {
  const c = config('tiny');
  const weights = initialWeights(c, rngFrom(1, 'init'));

  it('have the stated spread, ones and zeros', () => {
    for (const p of parameterLayout(c)) {
      const part = weights.subarray(p.offset, p.offset + p.size);
      const mean = part.reduce((a, b) => a + b, 0) / p.size;
      if (p.init === 'ones') expect(part.every((x) => x === 1)).toBe(true);
      else if (p.init === 0) expect(part.every((x) => x === 0)).toBe(true);
      else {
        const deviation = Math.sqrt(part.reduce((a, x) => a + (x - mean) ** 2, 0) / p.size);
        expect(Math.abs(mean)).toBeLessThan((5 * p.init) / Math.sqrt(p.size));
        expect(deviation / p.init).toBeCloseTo(1, 1);
      }
    }
  });

  it('depend on the seed only', () => {
    expect(initialWeights(c, rngFrom(1, 'init'))).toEqual(weights);
    expect(initialWeights(c, rngFrom(2, 'init'))).not.toEqual(weights);
  });

  it('withFreshHead zeroes the head of a copy', () => {
    const layout = parameterLayout(c);
    const head = layout.find((p) => p.name === 'score.weight')!;
    const busy = weights.slice().fill(3, head.offset, head.offset + head.size);
    const fresh = withFreshHead(c, busy);
    expect(fresh).toEqual(weights);
    expect(busy[head.offset]).toBe(3);
  });
});
