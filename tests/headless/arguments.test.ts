import { describe, expect, it } from 'vitest';
import { applyLink, applyOverrides, pageLink } from '../../src/headless/overrides';
import { seed, seedList } from '../../src/headless/seeds';
import { lineOf, wholeNumber } from '../../src/headless/usage';
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

describe('seeds', () => {
  it('are whole numbers in digits', () => {
    expect(seed('0')).toBe(0);
    expect(seed('4294967295')).toBe(0xffffffff);
    for (const text of ['', ' ', '-1', '1.5', '1e3', '0x10', 'abc', '4294967296'])
      expect(() => seed(text), text).toThrow('whole number');
  });

  it('are lists or ranges, each seed once', () => {
    expect(seedList('1-3')).toEqual([1, 2, 3]);
    expect(seedList('5')).toEqual([5]);
    expect(seedList('4,2')).toEqual([4, 2]);
    for (const text of ['1,2,', ',1', '', '1,,2']) expect(() => seedList(text), text).toThrow('whole number');
    expect(() => seedList('1,1')).toThrow('seed 1 twice');
    expect(() => seedList('5-1')).toThrow('first below last');
    expect(() => seedList('1-5000')).toThrow('at most 1000');
  });

  it('other numbers, too', () => {
    expect(['5', '', '0', '11', '1e1'].map((text) => wholeNumber(text, 1, 10))).toEqual([
      5,
      ...Array.from({ length: 4 }, () => undefined),
    ]);
  });
});

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
