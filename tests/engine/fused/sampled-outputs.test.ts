import { describe, expect, it } from 'vitest';
import { rowsOf, SampledOutputs } from '../../../src/engine/fused/sampled-outputs';
import { modelTensors, readyModel } from '../../../src/engine/fused/tensors';
import { roundUp4 } from '../../../src/kernels/kernels';
import { WasmKernels } from '../../../src/kernels/wasm/kernels';
import { openWasm } from '../../../src/engine/devices/wasm';
import { rngFrom } from '../../../src/random/rng';
import { busyWeights, tinyConfig } from '../../support/engines';

const open = async () => new WasmKernels((await openWasm()).loaded);
const rng = rngFrom(2, 'logits');
const { vocabSize, nEmbd } = tinyConfig;
const width = roundUp4(vocabSize);

/** Log-softmax of a row and its entropy, float64. */
function expected(logits: Float32Array, node: number, token: number) {
  const row = [...logits.subarray(node * width, node * width + vocabSize)];
  const logSum = Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0));
  const entropy = -row.reduce((sum, x) => sum + Math.exp(x - logSum) * (x - logSum), 0);
  return { logProb: row[token]! - logSum, entropy };
}

describe('what sampling knows of its answers', () => {
  it('is the log-prob of each token, and entropy and value of the node it was drawn after', async () => {
    const kernels = await open();
    const flat = kernels.allocate(busyWeights(tinyConfig, 3).length);
    kernels.write(flat, busyWeights(tinyConfig, 3));
    const logits = Float32Array.from({ length: 2 * width }, () => rng.normal());
    const known = new SampledOutputs(3, { logProbs: true, entropy: true, values: true });
    await kernels.frame(async () => {
      const model = readyModel({
        kernels,
        config: tinyConfig,
        tensors: modelTensors(kernels, tinyConfig, flat),
      });
      const hidden = kernels.upload(Float32Array.from({ length: 2 * nEmbd }, () => rng.normal()));
      const at = { hidden, logits: kernels.upload(logits), nodes: 2 };
      const second = [
        { token: 7, rows: [0], parent: 1 },
        { token: 2, rows: [1], parent: 0 },
      ];
      await known.add(model, { ...at, drawn: [{ token: 4, rows: [0, 1], parent: 0 }] });
      await known.add(model, { ...at, drawn: second });
    });
    const { mask, logProbs, entropy, values } = known.matrices();
    expect(mask).toEqual({ rows: 3, cols: 2, data: new Float32Array([1, 1, 1, 1, 0, 0]) });
    const drawn = [[0, 4], [1, 7], [0, 4], [0, 2]] as const; // prettier-ignore
    for (const [cell, [node, token]] of drawn.entries()) {
      expect(logProbs!.data[cell]).toBeCloseTo(expected(logits, node, token).logProb, 5);
      expect(entropy!.data[cell]).toBeCloseTo(expected(logits, node, token).entropy, 5);
    }
    const [first, other] = [values!.data[0], values!.data[1]];
    expect([...values!.data]).toEqual([first, other, first, first, 0, 0]);
    expect(first).not.toBe(other);
  });

  it('gives what is wanted and nothing else', () => {
    expect(Object.keys(new SampledOutputs(1, { entropy: true }).matrices())).toEqual(['mask', 'entropy']);
  });
});

it('copies rows only where they are not in order already', async () => {
  const kernels = await open();
  kernels.frame(() => {
    const x = kernels.upload(Float32Array.from({ length: 12 }, (_, i) => i));
    expect(rowsOf(kernels, x, [0, 1, 2], 4)).toBe(x);
    const rows = (index: number[]) => [...kernels.readFloats(rowsOf(kernels, x, index, 4))];
    expect(rows([2, 2])).toEqual([8, 9, 10, 11, 8, 9, 10, 11]);
    expect(rows([0, 1])).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });
});
