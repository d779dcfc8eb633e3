import { describe, expect, it } from 'vitest';
import { defaultLabConfig } from '../../../src/pipeline/lab/config';
import { draftFor, draftOf, groupsOf, memoryOf, planOf, seedsFrom } from '../../../src/ui/sweep/plan';

const config = defaultLabConfig();

describe('the form of a sweep', () => {
  it('opens with the setting that decides how far a method goes, over its usual range', () => {
    const draft = draftFor(config, 'dpo');
    expect(draft).toMatchObject({
      arm: 'dpo',
      id: 'dpo',
      setting: 'beta',
      from: '0.1',
      to: '1',
      scale: 'log',
    });
    const { sweep, values } = planOf(config, draft);
    expect(values).toHaveLength(5);
    expect(sweep!.config.arms).toHaveLength(5);
    expect(sweep!.seeds).toEqual([1, 2, 3]);
  });

  it('opens for a stage of the trunk with that stage under the first method', () => {
    expect(draftFor(config, 'preferences')).toMatchObject({ arm: 'ppo', id: 'ppo/preferences' });
    expect(groupsOf(config, 'dpo').map(({ id }) => id)).toEqual([
      'dpo',
      'dpo/reward',
      'dpo/preferences',
      'dpo/sft',
      'dpo/pretrain',
    ]);
  });

  it.each([
    ['99', /must be a number between/],
    ['', /at least 1 entry/],
    ['x', /must be a number/],
  ])('says what is wrong with the values "%s"', async (list, why) => {
    const { sentence } = await import('../../../src/messages');
    const plan = planOf(config, { ...draftFor(config, 'dpo'), how: 'list', list });
    expect(plan.sweep).toBeUndefined();
    expect(sentence(plan.problem!)).toMatch(why);
  });

  it('takes options of a choice, and seeds alone', () => {
    const [group] = groupsOf(config, 'dpo');
    const field = group!.fields.find(({ name }) => name === 'lossType')!;
    expect(planOf(config, draftOf(config, 'dpo', field)).values).toEqual(['sigmoid', 'ipo', 'hinge']);
    const seeds = planOf(config, { ...draftFor(config, 'dpo'), id: null, seeds: 4 }).sweep!;
    expect(seeds.seeds).toEqual(seedsFrom(1, 4));
    expect(seeds.config.arms).toHaveLength(2);
  });

  it('knows that more methods and larger models take more memory', () => {
    const sweep = planOf(config, draftFor(config, 'dpo')).sweep!;
    const half = { ...sweep, config: { ...sweep.config, arms: sweep.config.arms.slice(0, 1) } };
    expect(memoryOf(sweep)).toBe(5 * memoryOf(half));
    expect(memoryOf({ ...half, config: { ...half.config, size: 'nano' } })).toBeLessThan(memoryOf(half));
  });
});
