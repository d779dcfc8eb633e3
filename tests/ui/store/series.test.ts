import { describe, expect, it } from 'vitest';
import type { TimedEvent } from '../../../src/pipeline/lab/runner';
import {
  evaluationPoints,
  MAX_POINTS,
  metricSeries,
  secondsLeft,
  thin,
  tokensPerSecond,
} from '../../../src/ui/store/series';

const row = (update: number, metrics: Record<string, number>, updates = 100): TimedEvent => ({
  type: 'metrics',
  update,
  updates,
  samples: update * 8,
  tokens: update * 100,
  metrics,
  seconds: update / 10,
});

describe('thin', () => {
  it('keeps short lists as they are', () => {
    const points = [1, 2, 3];
    expect(thin(points, (x) => x)).toBe(points);
  });

  it('keeps at most the wanted number, the ends and every spike', () => {
    const points = Array.from({ length: 10_000 }, (_, i) => ({
      i,
      value: i === 4321 ? 99 : i === 7654 ? -99 : Math.sin(i),
    }));
    const kept = thin(points, (p) => p.value);
    expect(kept.length).toBeLessThanOrEqual(MAX_POINTS);
    expect(kept[0]).toBe(points[0]);
    expect(kept.at(-1)).toBe(points.at(-1));
    expect(kept).toContain(points[4321]);
    expect(kept).toContain(points[7654]);
    expect(kept.map((p) => p.i)).toEqual([...kept.map((p) => p.i)].sort((a, b) => a - b));
  });
});

describe('metricSeries', () => {
  it('collects every metric with its place on all axes and leaves out what is not finite', () => {
    const series = metricSeries([row(1, { loss: 2 }), row(2, { loss: NaN, accuracy: 0.5 })]);
    expect(series.get('loss')).toEqual([{ update: 1, samples: 8, tokens: 100, seconds: 0.1, value: 2 }]);
    expect(series.get('accuracy')).toEqual([
      { update: 2, samples: 16, tokens: 200, seconds: 0.2, value: 0.5 },
    ]);
  });

  it('draws at most 300 points of a line', () => {
    const rows = Array.from({ length: 2000 }, (_, i) => row(i + 1, { loss: i }, 2000));
    expect(metricSeries(rows).get('loss')!.length).toBeLessThanOrEqual(MAX_POINTS);
  });
});

describe('pace', () => {
  it('measures tokens per second over the last rows only', () => {
    const slowStart = { ...row(1, {}), seconds: 50 };
    const rows = Array.from({ length: 20 }, (_, i) => ({ ...row(i + 2, {}), seconds: 50 + (i + 1) / 10 }));
    expect(tokensPerSecond([slowStart, ...rows])).toBeCloseTo(1000);
    expect(tokensPerSecond([])).toBeUndefined();
    expect(tokensPerSecond([slowStart])).toBeUndefined();
  });

  it('extrapolates the seconds that are left', () => {
    expect(secondsLeft([row(25, {})])).toBeCloseTo(7.5);
    expect(secondsLeft([row(100, {})])).toBeUndefined();
    expect(secondsLeft([])).toBeUndefined();
  });

  it('counts measurements apart: they are slow, and the last one is over more prompts', () => {
    const plan = { times: 4, prompts: 10, finalPrompts: 20 };
    const measured = (update: number, seconds: number): TimedEvent => ({
      type: 'evaluation',
      update,
      updates: 40,
      samples: 0,
      tokens: 0,
      evaluation: {} as never,
      seconds,
    });
    const trained = (update: number, seconds: number): TimedEvent => ({
      ...row(update, {}),
      update,
      updates: 40,
      seconds,
    });
    const events = [measured(0, 9), trained(1, 19), trained(2, 20), trained(10, 28)];
    // a second an update; as yet one measurement of 9 s is known: three on the way, and the last one is two
    expect(secondsLeft(events, plan)).toBeCloseTo(30 + 3 * 9 + 2 * 9);
    // now one after training is: two on the way are left
    expect(secondsLeft([...events, measured(10, 32)], plan)).toBeCloseTo(30 + 2 * 4 + 2 * 4);
    expect(secondsLeft([...events, measured(10, 32), trained(40, 62)], plan)).toBeCloseTo(2 * 4);
    expect(secondsLeft([...events, trained(40, 62), measured(40, 70)], plan)).toBeUndefined();
  });

  it('reads evaluations in order', () => {
    const evaluation = { gold: 0.5 } as never;
    const event: TimedEvent = {
      type: 'evaluation',
      update: 3,
      updates: 9,
      samples: 6,
      tokens: 1,
      evaluation,
      seconds: 2,
    };
    expect(evaluationPoints([row(1, {}), event])).toEqual([
      { update: 3, updates: 9, samples: 6, labels: 0, tokens: 1, seconds: 2, kl: 0, evaluation },
    ]);
  });
});

describe('a run that goes on', () => {
  it('shows what it would if all had been read at once, at every moment', () => {
    const growing: TimedEvent[] = [];
    for (let i = 1; i <= 1000; i++) {
      growing.push(row(i, { loss: Math.sin(i), ...(i % 7 ? {} : { late: i }) }, 1000));
      if (i % 100 && i > 3) continue;
      expect(metricSeries(growing)).toEqual(metricSeries([...growing]));
      expect([...metricSeries(growing).keys()]).toEqual(i < 7 ? ['loss'] : ['loss', 'late']);
    }
  });

  it('begins again where events were taken away', () => {
    const events = [row(1, { loss: 1 }), row(2, { loss: 2 })];
    metricSeries(events);
    events.length = 1;
    expect(metricSeries(events).get('loss')).toHaveLength(1);
  });
});
