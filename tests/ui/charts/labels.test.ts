import { describe, expect, it } from 'vitest';
import { placeLabels } from '../../../src/ui/charts/axes';
import { roomFor, shortNames, textWidth } from '../../../src/ui/charts/labels';

describe('placeLabels', () => {
  it('moves labels apart, keeps their order and stays inside', () => {
    const placed = placeLabels(
      [
        { key: 'b', y: 52 },
        { key: 'a', y: 50 },
        { key: 'c', y: 99 },
      ],
      14,
      0,
      100,
    );
    expect(placed.map((p) => p.key)).toEqual(['a', 'b', 'c']);
    for (let i = 1; i < placed.length; i++)
      expect(placed[i]!.y - placed[i - 1]!.y).toBeGreaterThanOrEqual(14);
    expect(placed.every((p) => p.y >= 0 && p.y <= 100)).toBe(true);
  });
});

it('are short enough for a chart and still different', () => {
  expect(shortNames(['PPO', 'DPO'])).toEqual(['PPO', 'DPO']);
  const names = shortNames(['KL coefficient 0.05', 'KL coefficient 0.3', 'KL coefficient 1']);
  expect(new Set(names).size).toBe(3);
  for (const name of names) expect(textWidth(name)).toBeLessThanOrEqual(13);
  expect(textWidth('近端 PPO')).toBe(8);
  expect(roomFor(['x'])).toBeLessThan(roomFor(['Best of n +0.65']));
});
