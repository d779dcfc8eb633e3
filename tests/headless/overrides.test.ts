import { describe, expect, it } from 'vitest';
import { applyLink, applyOverrides, pageLink } from '../../src/headless/overrides';
import { lineOf } from '../../src/headless/usage';
import { configProblems, defaultLabConfig } from '../../src/pipeline/lab/config';
import { configFrom } from '../../src/ui/store/url';

const base = defaultLabConfig();
const line = (f: () => unknown): string | undefined => {
  try {
    f();
  } catch (error) {
    return lineOf(error);
  }
  return 'nothing was wrong';
};

describe('--set', () => {
  it.each([
    ['instruct.__proto__=1', /--set instruct\.__proto__/],
    ['ppo.__proto__=1', /--set ppo\.__proto__ is not a setting/],
    ['ppo.klCoef=oops', /--set ppo\.klCoef must be a number between 0 and 10 \(got "oops"\)/],
    ['seed=', /--set seed must be a whole number/],
    ['nobody.steps=1', /--set nobody\.steps is not known; there are .*reward.*teacher/],
    ['klCoef', /expected name=value/],
    ['=3', /expected name=value/],
  ])('%s is refused in one line', (change, expected) => {
    const said = line(() => applyOverrides(base, [change]));
    expect(said).toMatch(expected);
    expect(said).not.toContain('\n');
  });

  it('addresses everything that a link can', () => {
    const set = [
      'arms=ppo:ppo:PPO,mine:dpo:Mine:nano',
      'mine@start=pretrain',
      'mine/sft.steps=5',
      'teacher/sft.steps=6',
      'teacher@size=tiny',
      'evaluation.temperatures=0,1',
      'size=nano',
      'seed=9',
    ];
    const config = applyOverrides(base, set);
    expect(configProblems(config)).toEqual([]);
    expect(config).toMatchObject({
      size: 'nano',
      seed: 9,
      teacher: { size: 'tiny', trunk: { sft: { steps: 6 } } },
      evaluation: { temperatures: [0, 1] },
      arms: [
        { id: 'ppo' },
        { id: 'mine', name: 'Mine', size: 'nano', start: 'pretrain', trunk: { sft: { steps: 5 } } },
      ],
    });
    expect(configFrom(`?${set.join('&')}`).config).toEqual(config); // the page reads the same
  });
});

describe('--link', () => {
  it('is what the page makes of it, both ways', () => {
    const search = '?v=1&task=chat&seed=7&arms=ppo:ppo:A&ppo.klCoef=0.02&evaluation.tax=on&utm_source=mail';
    const config = applyLink(base, search);
    expect(config).toEqual(configFrom(search).config);
    expect(applyLink(base, pageLink(undefined, base, config))).toEqual(config);
  });

  it('says what is wrong in one line', () => {
    expect(line(() => applyLink(base, '?v=9'))).toBe(
      'error: --link: v must be 1 (got 9); nothing of the link was used',
    );
    expect(line(() => applyLink(base, '?v=1&seed=abc'))).toMatch(/--link seed must be/);
  });
});
