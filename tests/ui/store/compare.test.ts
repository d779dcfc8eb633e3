import { describe, expect, it } from 'vitest';
import { overTime, timeEnd } from '../../../src/ui/store/compare';
import { arm } from './support';

describe('charts over time', () => {
  it('show a ladder at its final value and leave the limit out', () => {
    const series = [
      arm('ppo', [
        [0, 0],
        [1, 0.4],
      ]),
      arm(
        'ladder',
        [
          [0, 0],
          [1, 0.3],
          [2, 0.6],
        ],
        { stage: 'best-of-n' },
      ),
      arm(
        'limit',
        [
          [0, 0],
          [1, 1],
        ],
        { stage: 'tilt', isLimit: true },
      ),
    ];
    const end = timeEnd(series);
    expect(end).toMatchObject({ update: 1, samples: 8, seconds: 1 });
    const shown = overTime(series, end);
    expect(shown.map((s) => s.id)).toEqual(['ppo', 'ladder']);
    expect(shown[1]!.points.map((p) => [p.update, p.evaluation.gold])).toEqual([
      [0, 0.6],
      [1, 0.6],
    ]);
  });
});
