import { describe, expect, it } from 'vitest';
import { defaultLabConfig } from '../../../src/pipeline/lab/config';
import {
  expectedSeconds,
  queueOf,
  secondsLeft,
  stagesLeft,
  type Pace,
} from '../../../src/pipeline/lab/queue';
import { graphsOf, runsOf, sweepOf } from '../../../src/pipeline/lab/sweep';

const sweep = sweepOf({ ...defaultLabConfig(), start: 'base' }, [1, 2], {
  id: 'dpo',
  setting: 'beta',
  values: [0.1, 0.5],
});
const graphs = graphsOf(sweep);
const runs = runsOf(sweep, graphs);
const keys = runs.map(({ key }) => key);
const NOTHING = { done: new Set<string>(), failed: new Set<string>(), running: new Map<string, number>(), skipped: new Set<string>() }; // prettier-ignore

describe('the queue', () => {
  it('gives a place to what waits, in order', () => {
    expect(queueOf(runs, NOTHING).map(({ place }) => place)).toEqual([1, 2, 3, 4]);
    const known = {
      done: new Set([keys[0]!]),
      failed: new Set([keys[1]!]),
      running: new Map([[keys[2]!, 0.25]]),
      skipped: new Set([keys[0]!]),
    };
    expect(queueOf(runs, known).map(({ status, place, share }) => [status, place ?? share])).toEqual([
      ['done', undefined], // skipped too late
      ['failed', undefined],
      ['running', 0.25],
      ['waiting', 1],
    ]);
    expect(queueOf(runs, { ...NOTHING, skipped: new Set([keys[1]!]) }).map(({ place }) => place)).toEqual([
      1,
      undefined,
      2,
      3,
    ]);
  });
});

const pace = (stage: Pace['stage'], seconds: number, settings = {}): Pace => ({
  stage,
  size: 'tiny',
  settings,
  seconds,
});

describe('time left', () => {
  it('of a stage grows with its work', () => {
    const seen = [pace('dpo', 10, { steps: 100, batchSize: 32 }), pace('sft', 99)];
    const next = (settings: Record<string, number>) => ({ stage: 'dpo', size: 'tiny', settings }) as const;
    expect(expectedSeconds(next({ steps: 50, batchSize: 32 }), seen)).toBe(5);
    expect(expectedSeconds(next({ steps: 100, batchSize: 64 }), seen)).toBe(20);
    expect(expectedSeconds({ ...next({ steps: 100 }), size: 'nano' }, seen)).toBeUndefined();
  });

  it('counts each stage once, what is done not at all, and arms side by side', () => {
    const queue = queueOf(runs, { ...NOTHING, done: new Set([keys[0]!]) });
    const left = stagesLeft(graphs, queue, (key) => key === keys[0]);
    const count = (stage: string) => left.filter((node) => node.stage === stage).length;
    expect([count('dpo'), count('sft'), count('pretrain')]).toEqual([3, 2, 1]);
    const seen = [
      pace('pretrain', 1),
      pace('sft', 2),
      pace('preferences', 3),
      pace('reward', 4),
      pace('dpo', 10),
    ];
    const same = seen.map((p) => ({ ...p, settings: left.find(({ stage }) => stage === p.stage)!.settings }));
    const of = { nodes: left, isArm: (id: string) => id.startsWith('dpo-'), seen: same };
    expect(secondsLeft({ ...of, slots: 1 })).toBeCloseTo(1 + 2 * (2 + 3 + 4) + 30);
    expect(secondsLeft({ ...of, slots: 2 })).toBeCloseTo(1 + 18 + 15);
    expect(secondsLeft({ ...of, slots: 1, share: (key) => (key === keys[1] ? 0.5 : undefined) })).toBeCloseTo(
      44,
    );
    expect(secondsLeft({ ...of, slots: 1, seen: same.slice(1) })).toBeUndefined();
  });
});
