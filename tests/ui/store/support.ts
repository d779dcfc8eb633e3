import type { ArmSeries } from '../../../src/ui/store/compare';

/** An arm by the places [KL, gold] of its measurements. */
export const arm = (id: string, places: [number, number][], more: Partial<ArmSeries> = {}): ArmSeries => ({
  id,
  name: id,
  style: 0,
  stage: 'ppo',
  isLimit: false,
  stale: false,
  points: places.map(([kl, gold], i) => ({
    update: i,
    updates: places.length - 1,
    samples: 8 * i,
    labels: 0,
    tokens: 80 * i,
    seconds: i,
    kl: Math.max(...places.slice(0, i + 1).map(([at]) => at)),
    evaluation: { kl, gold } as ArmSeries['points'][0]['evaluation'],
  })),
  ends: {
    update: places.length - 1,
    samples: 8,
    labels: 0,
    tokens: 80,
    seconds: places.length - 1,
    kl: Math.max(...places.map(([at]) => at)),
  },
  ...more,
});
