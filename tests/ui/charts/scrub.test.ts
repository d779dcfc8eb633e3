import { describe, expect, it } from 'vitest';
import {
  readingsAt,
  stepped,
  stopsOf,
  zoomAround,
  zoomed,
  type ScrubLine,
} from '../../../src/ui/charts/scrub';
import { progressAxis } from '../../../src/ui/charts/axes';

const line = (id: string, times: number[]): ScrubLine => ({
  id,
  name: id,
  style: 0,
  points: times.map((time) => ({ time, x: time, y: 10 * time })),
});

describe('the cursor of a chart', () => {
  const lines = [line('ppo', [0, 5, 10]), line('dpo', [0, 10, 20])];

  it('stops where something was measured, and does not leave the ends', () => {
    const stops = stopsOf(lines);
    expect(stops).toEqual([0, 5, 10, 20]);
    expect(stepped(stops, undefined, 1)).toBe(0);
    expect(stepped(stops, undefined, -1)).toBe(20);
    expect(stepped(stops, 5, 1)).toBe(10);
    expect(stepped(stops, 5.4, 1)).toBe(10);
    expect(stepped(stops, 20, 1)).toBe(20);
    expect(stepped([], 3, 1)).toBeUndefined();
  });

  it('reads every line where it was measured nearest, the last of one that has ended', () => {
    expect(readingsAt(lines, 20).map(({ point }) => point.y)).toEqual([100, 200]);
    expect(readingsAt(lines, 5).map(({ point }) => point.y)).toEqual([50, 0]);
    expect(readingsAt([line('none', [])], 5)).toEqual([]);
  });

  it('looks at a stretch of its own axis only, inside the whole', () => {
    const whole = progressAxis(100);
    expect(zoomed(whole, 'update', { axis: 'update', from: 20, to: 40 }).domain).toEqual([20, 40]);
    expect(zoomed(whole, 'update', { axis: 'update', from: -20, to: 40 }).domain).toEqual([0, 40]);
    expect(zoomed(whole, 'update', { axis: 'seconds', from: 20, to: 40 })).toBe(whole);
    expect(zoomed(whole, 'update', { axis: 'update', from: 400, to: 500 })).toBe(whole);
    for (const tick of zoomed(whole, 'update', { axis: 'update', from: 21, to: 39 }).ticks) {
      expect(tick).toBeGreaterThanOrEqual(21);
      expect(tick).toBeLessThanOrEqual(39);
    }
    expect(zoomAround(whole, 30, 0.5)).toEqual({ from: 5, to: 55 });
  });
});
