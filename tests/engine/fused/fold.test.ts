import { describe, expect, it } from 'vitest';
import { inOrder, PrefixTree } from '../../../src/engine/fused/fold';
import type { DeviceBuffer, Kernels } from '../../../src/kernels/kernels';
import { tinyConfig } from '../../support/engines';

/** Uploads that can be read again. */
const kernels = { upload: (data: Int32Array) => ({ length: data.length, data }) } as unknown as Kernels;
const ints = (buffer: DeviceBuffer) => [...(buffer as DeviceBuffer & { data: Int32Array }).data];
const treeOf = (want = { logProbs: true }) => new PrefixTree(tinyConfig, want);

describe('a tree of prefixes', () => {
  it('has every distinct prefix once, where attention finds whole rows', () => {
    const tree = treeOf();
    expect(tree.add({ ids: [1, 3, 4, 5], start: 2 }, 0)).toEqual([0, 1, 2]); // the last token predicts nothing
    expect(tree.add({ ids: [1, 3, 4, 6], start: 2 }, 1)).toEqual([0, 1, 2]);
    expect(tree.add({ ids: [1, 3, 7, 6], start: 2 }, 2)).toEqual([0, 1, 3]);
    expect(tree.size).toBe(4);
    const { rows, tokens, fold, ...batch } = tree.upload(kernels);
    expect([rows.count, rows.lengths, tokens]).toEqual([2, [3, 3], 4]);
    expect([batch.ids, batch.positions].map(ints)).toEqual([
      [1, 3, 4, 7],
      [0, 1, 2, 2],
    ]);
    expect(fold!.tokens).toBe(6);
    expect(ints(fold!.nodes)).toEqual([0, 1, 2, 0, 1, 3]);
    expect(ints(fold!.places)).toEqual([0, 1, 2, 5]);
  });

  it('has one head for each token after each node, and says where its number belongs', () => {
    const tree = treeOf();
    tree.add({ ids: [1, 3, 4], start: 1 }, 0);
    tree.add({ ids: [1, 3, 4], start: 2 }, 1);
    tree.add({ ids: [1, 3, 5], start: 1 }, 2);
    const { heads, labels, predictors, lasts } = tree.upload(kernels);
    expect([ints(heads), ints(labels), predictors, lasts]).toEqual([[0, 1, 1], [3, 4, 5], 3, 0]);
    expect(tree.cells).toEqual([
      { row: 0, column: 0, from: 0 },
      { row: 0, column: 1, from: 1 },
      { row: 1, column: 0, from: 1 },
      { row: 2, column: 0, from: 0 },
      { row: 2, column: 1, from: 2 },
    ]);
  });

  it('scores the state after the last token, once for equal rows', () => {
    const tree = new PrefixTree(tinyConfig, { scores: true });
    for (const [row, ids] of [[1, 3], [1, 3], [1]].entries()) tree.add({ ids, start: 1 }, row);
    const { heads, lasts, fold } = tree.upload(kernels);
    expect([ints(heads), lasts, fold]).toEqual([[1, 0], 2, undefined]); // no two rows of attention share a token
    expect(tree.scores.map(({ from }) => from)).toEqual([0, 0, 1]);
  });

  it('shares nothing where the tokens of a prefix see each other and the prefixes differ', () => {
    const tree = treeOf();
    const rows = [0, 2, 3, 2].map((prefix, row) => tree.add({ ids: [1, 3, 4, 5], start: 3, prefix }, row));
    expect(rows).toEqual([[0, 1, 2], [3, 4, 5], [6, 7, 8], [3, 4, 5]]); // prettier-ignore
    expect(ints(tree.upload(kernels).rows.prefixes)).toEqual([0, 2, 3]);
  });
});

it('orders rows so that those that begin alike follow each other, the longer first', () => {
  const rows = [
    [1, 4],
    [1, 3, 9],
    [1, 4, 2],
    [1, 3],
    [1, 4],
  ];
  expect(inOrder(rows)).toEqual([1, 3, 2, 0, 4]);
});
