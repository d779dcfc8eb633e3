import { describe, expect, it } from 'vitest';
import { sentence } from '../../../src/messages';
import { pairsBetween, withPairs, type Pair } from '../../../src/pipeline/lab/address';
import { defaultLabConfig, type LabConfig } from '../../../src/pipeline/lab/config';
import { changesOf, standardOf, withArm, withArmName, withSetting } from '../../../src/pipeline/lab/edit';
import { buildGraph } from '../../../src/pipeline/lab/graph';
import { linkOf, parseLink } from '../../../src/pipeline/lab/link';

const base = defaultLabConfig();

/** A configuration with something of every kind changed. */
function changed(): LabConfig {
  let config: LabConfig = { ...defaultLabConfig('tldr'), seed: 42, start: 'base', size: 'nano' };
  config = {
    ...config,
    evaluation: {
      times: 5,
      prompts: 16,
      finalPrompts: 32,
      tax: true,
      temperatures: [0, 0.5, 1],
      labelers: 0.3,
    },
    teacher: { size: 'tiny', trunk: { sft: { steps: 30 } } },
    arms: [
      ...config.arms,
      { id: 'bo', name: 'Best of n', stage: 'best-of-n', settings: {}, size: 'nano' },
      { id: 'z', name: 'Z', stage: 'dpo', settings: {}, from: { sft: 'distil', preferences: 'ai-feedback' } },
      { id: 'b', name: 'B', stage: 'ppo', settings: {}, start: 'pretrain' },
      { id: 'r', name: 'R', stage: 'ppo', settings: {}, from: { reward: 'rule' } },
    ],
    gold: 'fedcba9876543210fedcba9876543210',
  };
  config = withSetting(config, 'sft', 'examples', 64);
  config = withSetting(config, 'ppo', 'clipRange', null);
  config = withSetting(config, 'ppo', 'whitenAdvantages', false);
  config = withSetting(config, 'dpo', 'lossType', 'ipo');
  config = withArm(config, 'ppo', 'ppo').config;
  config = withArmName(config, 'ppo-2', 'β = 0, no: clip');
  return withSetting(config, 'ppo-2/sft', 'steps', 40);
}

/** The value in force at an address. */
function settingOf(config: LabConfig, path: string): unknown {
  const [id, name] = path.split('.') as [string, string];
  return { ...standardOf(config, id), ...changesOf(config, id) }[name];
}

describe('addresses', () => {
  it('say everything that differs, both ways', () => {
    const there = withPairs(base, pairsBetween(base, changed()));
    expect(there).toEqual({ config: changed(), problems: [] });
    expect(buildGraph(there.config)).toEqual(buildGraph(changed()));
    const back = withPairs(changed(), pairsBetween(changed(), base));
    expect(back.problems).toEqual([]);
    expect(buildGraph(back.config)).toEqual(buildGraph(base));
  });

  it('do not repeat what a trunk of its own inherits', () => {
    expect(pairsBetween(base, withSetting(base, 'sft', 'steps', 7))).toEqual([['sft.steps', '7']]);
  });

  it('keep of an arm that stays in the list what it has, but not its size', () => {
    const { config } = withPairs(changed(), [['arms', 'bo:best-of-n:Best,z:dpo:Z']]);
    expect(config.arms).toEqual([
      { id: 'bo', name: 'Best', stage: 'best-of-n', settings: {} },
      { id: 'z', name: 'Z', stage: 'dpo', settings: {}, from: { sft: 'distil', preferences: 'ai-feedback' } },
    ]);
  });

  it.each([
    ['teacher/sft.steps', '7', { teacher: { size: 'small', trunk: { sft: { steps: 7 } } } }],
    ['evaluation.labelers', '0.5', { evaluation: { ...base.evaluation, labelers: 0.5 } }],
    ['evaluation.temperatures', '[0, 1]', { evaluation: { ...base.evaluation, temperatures: [0, 1] } }],
    ['evaluation.tax', 'true', { evaluation: { ...base.evaluation, tax: true } }],
    ['evaluation.tax', 'off', {}],
    ['gold', '0123456789abcdef0123456789abcdef', { gold: '0123456789abcdef0123456789abcdef' }],
    ['gold', 'off', {}],
    ['seed', '0', { seed: 0 }],
  ] as [string, string, Partial<LabConfig>][])('%s=%s', (path, text, changes) => {
    expect(withPairs(base, [[path, text]])).toEqual({ config: { ...base, ...changes }, problems: [] });
  });

  it('name all arms of a stage by the stage, where no arm is called so', () => {
    const arms = [
      { id: 'a', name: 'A', stage: 'dpo' as const, settings: {} },
      { id: 'b', name: 'B', stage: 'dpo' as const, settings: {} },
    ];
    const { config } = withPairs({ ...base, arms }, [['dpo.beta', '0.7']]);
    expect(config.arms.map((a) => a.settings)).toEqual([{ beta: 0.7 }, { beta: 0.7 }]);
  });

  it('do not mind the order', () => {
    const pairs: Pair[] = [
      ['x.beta', '0.7'],
      ['x@start', 'pretrain'],
      ['arms', 'x:dpo:X'],
      ['task', 'chat'],
    ];
    expect(withPairs(base, pairs).problems).toEqual([]);
  });

  it.each<[asked: Pair, decides: Pair]>([
    [
      ['pretrain.steps', '6000'],
      ['size', 'small'],
    ], // usual for a smaller model, not for this one
    [
      ['ppo/sft.steps', '100'],
      ['sft.steps', '200'],
    ], // usual, but not what the shared trunk has
    [
      ['teacher/pretrain.steps', '4000'],
      ['teacher@size', 'tiny'],
    ],
  ])('keep %j beside %j, which decides its usual value, in any order', (asked, decides) => {
    for (const pairs of [
      [asked, decides],
      [decides, asked],
    ]) {
      const { config, problems } = withPairs(base, pairs);
      expect(problems).toEqual([]);
      expect(settingOf(config, asked[0])).toBe(Number(asked[1]));
    }
  });

  it('switch off what is an empty list', () => {
    const none = { ...base, evaluation: { ...base.evaluation, temperatures: [] } };
    const some = { ...base, evaluation: { ...base.evaluation, temperatures: [0, 1] } };
    expect(withPairs(some, pairsBetween(some, none))).toEqual({ config: base, problems: [] });
  });

  it.each([
    ['seed', '', 'must be a whole number between 0 and 4294967295 (got "")'],
    ['seed', 'abc', '(got "abc")'],
    ['seed', '-3', '(got -3)'],
    ['seed', '4294967296', 'between 0 and 4294967295'],
    ['seed', '0x10', '(got "0x10")'],
    ['task', 'constructor', 'must be one of review, chat, tldr'],
    ['size', '__proto__', 'must be one of nano, tiny, small'],
    ['start', 'toString', 'must be one of'],
    ['ppo.klCoef', 'Infinity', '(got "Infinity")'],
    ['ppo.klCoef', '', '(got "")'],
    ['ppo.__proto__', '1', 'is not a setting of this stage'],
    ['ppo.constructor', '1', 'is not a setting of this stage'],
    ['constructor.steps', '1', 'is not known'],
    ['__proto__.steps', '1', 'is not known'],
    ['ppo/constructor.steps', '1', 'is not known'],
    ['teacher/ppo.klCoef', '1', 'is not known'],
    ['__proto__', '1', 'is not known'],
    ['constructor', '1', 'is not known'],
    ['ppo@constructor', 'x', 'is not known'],
    ['ppo@start', 'reward', 'must be one of'],
    ['nobody@start', 'pretrain', 'is not known'],
    ['evaluation.propmts', '3', 'is not known'],
    ['evaluation.constructor', '3', 'is not known'],
    ['evaluation.tax', 'maybe', 'must be true or false'],
    ['evaluation.times', 'off', 'must be a whole number between 1 and 200'],
    ['evaluation.times', '0', '(got 0)'],
    ['evaluation.temperatures', '0,hot', 'must be a number between 0 and 5 (got "hot")'],
    ['arms', 'a:magic:A', 'a:magic:A'],
    ['arms', 'a:ppo:A:nano:B', 'must be a list'],
    ['arms', 'constructor:ppo:A', 'taken by the lab'],
    ['arms', 'teacher:ppo:A', 'taken by the lab'],
    ['arms', 'ppo:ppo:A,ppo:dpo:B', 'used twice'],
    ['arms', '', 'must be a list'],
  ])('%s=%s is refused and leaves everything as it was', (path, text, expected) => {
    const { config, problems } = withPairs(base, [[path, text]]);
    expect(problems.map((p) => p.path)).toEqual([path]);
    expect(sentence(problems[0]!.message)).toContain(expected);
    expect(config).toEqual(base);
  });
});

describe('links', () => {
  it('are taken apart and put together', () => {
    const link = linkOf({ demo: 'flan', lang: 'zh', pairs: [['a/sft.steps', '3'], ['x@start', 'pretrain']] }); // prettier-ignore
    expect(link).toBe('?v=1&demo=flan&lang=zh&a/sft.steps=3&x@start=pretrain');
    expect(parseLink(`https://example.org/alignlet/${link}#charts`)).toEqual({
      demo: 'flan',
      lang: 'zh',
      threads: undefined,
      precision: undefined,
      pairs: [
        ['a/sft.steps', '3'],
        ['x@start', 'pretrain'],
      ],
    });
    expect(linkOf({ demo: undefined, lang: undefined, pairs: [] })).toBe('');
  });

  it('do not mind what networks and mailers add to them', () => {
    const added = 'utm_source=x&utm_campaign=y&fbclid=1&gclid=2&msclkid=3&mc_cid=4&igshid=5&_ga=6&spm=7';
    expect(parseLink(`?v=1&seed=3&${added}`).pairs).toEqual([['seed', '3']]);
  });

  it('of another version are not read', () => {
    expect(sentence(parseLink('?v=2').problem!.message)).toContain('must be 1 (got 2)');
  });
});
