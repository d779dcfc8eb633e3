import { describe, expect, it } from 'vitest';
import { ghostsAfter } from '../../../src/ui/store/ghosts';
import type { ArmSeries } from '../../../src/ui/store/compare';

type Seen = Parameters<typeof ghostsAfter>[1];

const run = (id: string, first: object, count = 3): ArmSeries =>
  ({ id, points: Array.from({ length: count }, (_, i) => ({ evaluation: i === 0 ? first : {} })) }) as unknown as ArmSeries; // prettier-ignore
const seen = (series: ArmSeries[], more: object = {}): Seen =>
  ({ series, config: { task: 'review', size: 'tiny', arms: [{ id: 'ppo' }, { id: 'dpo' }] }, demo: null, replay: null, ...more }) as unknown as Seen; // prettier-ignore

describe('earlier runs', () => {
  const [one, two] = [{}, {}];
  const before = seen([run('ppo', one), run('dpo', one)]);

  it('begin when an arm starts over, and take the place of the one before', () => {
    const ghosts = ghostsAfter([], before, seen([run('dpo', one, 4)]));
    expect(ghosts.map((g) => g.id)).toEqual(['ppo']);
    const again = ghostsAfter(ghosts, seen([run('ppo', two, 2)]), seen([run('ppo', {}, 1)]));
    expect(again).toHaveLength(1);
    expect(again[0]!.points[0]!.evaluation).toBe(two);
  });

  it('are not begun by a run that goes on, nor by one of a single point', () => {
    const none: ArmSeries[] = [];
    expect(ghostsAfter(none, before, seen([run('ppo', one, 4), run('dpo', one, 4)]))).toBe(none);
    expect(ghostsAfter(none, seen([run('ppo', one, 1)]), seen([]))).toBe(none);
  });

  it('are left alone by recordings, and are gone with their arm, task or lesson', () => {
    const ghosts = [run('ppo', one)];
    expect(ghostsAfter(ghosts, before, seen([], { replay: {} }))).toBe(ghosts);
    const config = { task: 'review', size: 'tiny', arms: [{ id: 'dpo' }] };
    expect(ghostsAfter(ghosts, before, seen([run('dpo', one)], { config }))).toEqual([]);
    expect(ghostsAfter(ghosts, before, seen([], { demo: 'ppo' }))).toEqual([]);
    const other = { task: 'chat', size: 'tiny', arms: [{ id: 'ppo' }] };
    expect(ghostsAfter(ghosts, before, seen([], { config: other }))).toEqual([]);
  });
});
