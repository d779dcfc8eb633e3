import { describe, expect, it } from 'vitest';
import { historyOf, recordingOf, recordingSchema, textOf } from '../../../src/pipeline/records/recording';
import type { Evaluation } from '../../../src/pipeline/contract/stage';
import { defaultLabConfig } from '../../../src/pipeline/lab/config';
import { encode, EOS } from '../../../src/world';

const KEY = '0'.repeat(32);

describe('a recording', () => {
  it('keeps what is needed to show a run again, and no weights', () => {
    const at = { updates: 200, samples: 1, tokens: 1, seconds: 0.123456789 };
    const evaluation = { gold: 0.1234567, kl: 1 } as Evaluation;
    const nodes = [
      {
        node: { id: 'ppo', name: 'PPO', stage: 'ppo', size: 'tiny', key: KEY, seed: 1, settings: {}, inputs: {}, shippable: false }, // prettier-ignore
        status: 'done',
        run: {
          key: KEY,
          notices: [],
          source: 'live',
          seconds: 3,
          result: { artifact: null as never, summary: { gold: 0.1, nothing: NaN } },
          events: [
            ...Array.from({ length: 200 }, (_, i) => ({ type: 'metrics' as const, update: i + 1, metrics: { loss: i }, ...at })), // prettier-ignore
            { type: 'evaluation' as const, update: 200, evaluation, weights: new Float32Array(3), ...at },
          ],
        },
      },
    ] as const;
    const whole = defaultLabConfig();
    const config = { ...whole, arms: whole.arms.slice(0, 1) };
    const summary = { demo: 'd', seed: 1, backend: 'wasm', seconds: 4, config } as never;
    const recording = recordingOf(summary, nodes as never, []);
    expect(recordingSchema.parse(JSON.parse(JSON.stringify(recording)))).toEqual(recording);
    const { events } = recording.nodes[0]!;
    expect(events.length).toBeLessThan(70);
    expect(events.at(-1)).toMatchObject({
      type: 'evaluation',
      evaluation: { gold: 0.12346 },
      seconds: 0.12346,
    });
    expect(JSON.stringify(recording)).not.toContain('weights');
    expect(historyOf(nodes as never, config)['ppo']).toHaveLength(1);
  });

  it('writes answers as text', () => {
    expect(textOf([...encode(['it', 'is']), EOS])).toBe('it is');
    expect(textOf(encode(['it', 'is']))).toBe('it is …');
  });
});
