import { describe, expect, it } from 'vitest';
import { defaultLabConfig } from '../../../src/pipeline/lab/config';
import { buildGraph } from '../../../src/pipeline/lab/graph';
import { guesses, msPerStep } from '../../../src/ui/sweep/guess';

const config = defaultLabConfig();
const seconds = (size: 'nano' | 'tiny', ms: number) =>
  Object.fromEntries(
    guesses(buildGraph({ ...config, size, start: 'scratch' }), config.evaluation, ms).map((g) => [
      g.stage,
      g.seconds,
    ]),
  );

describe('a guess by the speed test of the engine', () => {
  it('grows with the time of a step, and with the model', () => {
    expect(seconds('tiny', 20)['dpo']).toBeCloseTo(2 * seconds('tiny', 10)['dpo']!);
    expect(seconds('nano', 10)['dpo']).toBeLessThan(seconds('tiny', 10)['dpo']!);
    for (const value of Object.values(seconds('tiny', 10))) expect(value).toBeGreaterThan(0);
  });

  it('needs the chosen engine to have been timed', () => {
    const info = { backend: 'wasm', kind: 'fused' } as never;
    const reason = { code: 'foreign', values: { text: '' } } as const;
    const timed = { backend: 'wasm', kind: 'fused', msPerStep: 30, reason } as const;
    expect(msPerStep({ info, considered: [{ ...timed, backend: 'webgl', msPerStep: 9 }, timed] })).toBe(30);
    expect(msPerStep({ info, considered: [{ backend: 'wasm', kind: 'fused', reason }] })).toBeUndefined();
  });
});
