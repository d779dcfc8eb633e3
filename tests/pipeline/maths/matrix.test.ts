import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { registerGradients } from '../../../src/engine/shared/gradients';
import { zipWith, maskedMean, rowSums, selectRows, total, zeros } from '../../../src/pipeline/maths/matrix';
import type { Matrix } from '../../../src/engine/types';
import { rngFrom, type Rng } from '../../../src/random/rng';

const B = 4;
const C = 6;

let rng: Rng;
beforeAll(async () => {
  await tf.setBackend('cpu');
  registerGradients();
});
beforeEach(() => {
  rng = rngFrom('losses');
});

const random = (scale = 1): number[] => Array.from({ length: B * C }, () => scale * rng.normal());
const matrix = (values: number[]): Matrix => ({ rows: B, cols: C, data: Float32Array.from(values) });

it('matrices of different shapes are refused', () => {
  const [a, b] = [matrix(random()), { rows: 1, cols: 1, data: new Float32Array(1) }];
  expect(() => zipWith((x, y) => x! + y!, a, b)).toThrow(RangeError);
});

it('matrices', () => {
  const m = { rows: 2, cols: 3, data: Float32Array.from([1, 2, 3, 4, 5, 6]) };
  expect(Array.from(rowSums(m))).toEqual([6, 15]);
  expect(total(m)).toBe(21);
  expect(maskedMean(m, { ...m, data: Float32Array.from([0, 1, 0, 0, 0, 1]) })).toBe(4);
  expect(maskedMean(m, zeros(2, 3))).toBe(0);
  expect(Array.from(selectRows(m, [1, 0, 1], 2).data)).toEqual([4, 5, 1, 2, 4, 5]);
});
