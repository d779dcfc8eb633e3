import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFusedEngine } from '../../../src/engine/fused';
import type { Engine, LanguageModel, Matrix, Sequence } from '../../../src/engine/types';
import { rngFrom } from '../../../src/random/rng';
import { busyWeights, tinyConfig } from '../../support/engines';
import { wantAll } from '../../support/losses';

describe('evaluation of rows that begin alike', () => {
  let engine: Engine;
  let model: LanguageModel;
  beforeAll(async () => {
    engine = await createFusedEngine('wasm');
    model = engine.createModel(tinyConfig, busyWeights(tinyConfig, 5));
  });
  afterAll(() => engine.dispose());

  const rng = rngFrom(8, 'rows');
  const row = (length: number) => [1, ...Array.from({ length: length - 1 }, () => rng.int(2, 4))];
  const batch: Sequence[] = [
    ...Array.from({ length: 60 }, () => {
      const ids = row(rng.int(1, tinyConfig.nPositions));
      const start = rng.int(1, ids.length);
      return { ids, start, prefix: rng.int(0, 2) === 0 ? rng.int(0, start) : 0 };
    }),
    { ids: [1, 3, 3, 3], start: 2 },
    { ids: [1, 3, 3, 3], start: 2 },
    { ids: [1, 3, 3, 3], start: 3 },
    { ids: [1, 3, 3], start: 3 },
    { ids: [1, 3, 3, 3, 2, 4, 4], start: 4 },
    { ids: [1, 3, 3, 3, 2, 4, 4], start: 4, prefix: 4 },
  ];
  const line = (m: Matrix, r: number, n: number) => [...m.data.subarray(r * m.cols, r * m.cols + n)];

  it.each([wantAll, { logProbs: true }, { entropy: true, values: true }, { scores: true }, {}])(
    'gives each row what it gives the row alone: %o',
    async (want) => {
      const together = await model.evaluate(batch, want);
      for (const [r, sequence] of batch.entries()) {
        const alone = await model.evaluate([sequence], want);
        const n = sequence.ids.length - sequence.start;
        for (const name of ['mask', 'logProbs', 'entropy', 'values'] as const) {
          expect(together[name] === undefined).toBe(alone[name] === undefined);
          if (!alone[name]) continue;
          expect(line(together[name]!, r, together[name]!.cols)).toEqual([
            ...line(alone[name], 0, n),
            ...new Array<number>(together[name]!.cols - n).fill(0),
          ]);
        }
        expect(together.scores?.[r]).toBe(alone.scores?.[0]);
      }
    },
  );
});
