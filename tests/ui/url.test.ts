import { describe, expect, it } from 'vitest';
import { defaultLabConfig } from '../../src/pipeline/lab/config';
import { withArm, withArmName, withoutArm, withSetting } from '../../src/ui/store/arms';
import { configFrom, searchOf } from '../../src/ui/store/url';

describe('searchOf', () => {
  it('is empty for the defaults', () => expect(searchOf(defaultLabConfig())).toBe(''));

  it('carries a version and only what differs', () => {
    const config = withSetting({ ...defaultLabConfig('chat'), seed: 7 }, 'ppo', 'klCoef', 0.02);
    expect(searchOf(config)).toBe('?v=1&task=chat&seed=7&ppo.klCoef=0.02');
  });
});

describe('round trip', () => {
  it('of every kind of change', () => {
    let config = { ...defaultLabConfig('tldr'), seed: 42, start: 'base' as const, size: 'nano' as const };
    config = { ...config, evaluation: { ...config.evaluation, times: 5 } };
    config = withSetting(config, 'sft', 'examples', 64) as typeof config;
    config = withSetting(config, 'ppo', 'clipRange', null) as typeof config;
    config = withSetting(config, 'ppo', 'whitenAdvantages', false) as typeof config;
    config = withSetting(config, 'dpo', 'lossType', 'ipo') as typeof config;
    config = withArm(config, 'ppo', 'ppo').config as typeof config;
    config = withArmName(config, 'ppo-2', 'β = 0, no: clip') as typeof config;
    config = withSetting(config, 'ppo-2/sft', 'steps', 40) as typeof config;
    const { config: read, problems } = configFrom(searchOf(config));
    expect(problems).toEqual([]);
    expect(read).toEqual(config);
  });

  it('of what arms grow from, and of the teacher', () => {
    const config = defaultLabConfig();
    config.arms.push(
      { id: 'bo', name: 'Best of n', stage: 'best-of-n', settings: {}, size: 'nano' },
      { id: 'z', name: 'Z', stage: 'dpo', settings: {}, from: { sft: 'distil', preferences: 'ai-feedback' } },
      { id: 'b', name: 'B', stage: 'ppo', settings: {}, start: 'pretrain' },
    );
    config.teacher = { size: 'tiny', trunk: { sft: { steps: 30 } } };
    config.evaluation.tax = true;
    const { config: read, problems } = configFrom(searchOf(config));
    expect(problems).toEqual([]);
    expect(read).toEqual(config);
  });

  it('of removed arms', () => {
    const config = withoutArm(defaultLabConfig(), 'dpo');
    expect(configFrom(searchOf(config)).config).toEqual(config);
  });
});

describe('a link that is not valid', () => {
  it.each([
    ['?v=2&task=chat', 'v', 'must be 1 (got 2)'],
    ['?v=1&task=poetry', 'task', 'must be one of review, chat, tldr (got poetry)'],
    ['?v=1&seed=-3', 'seed', '(got -3)'],
    ['?v=1&seed=abc', 'seed', '(got abc)'],
    ['?v=1&ppo.klCoef=99', 'ppo.klCoef', 'must be a number between 0 and 10 (got 99)'],
    ['?v=1&ppo.klCoef=much', 'ppo.klCoef', '(got "much")'],
    ['?v=1&ppo.nonsense=1', 'ppo.nonsense', 'is not a setting of this stage'],
    ['?v=1&nobody.steps=1', 'nobody.steps', 'is not known'],
    ['?v=1&arms=a:magic:A', 'arms', 'a:magic:A'],
    ['?v=1&arms=ppo:ppo:A,ppo:dpo:B', 'arms', 'used twice'],
    ['?v=1&ppo@start=nowhere', 'ppo@start', '(got nowhere)'],
    ['?v=1&nobody@start=pretrain', 'nobody@start', 'is not known'],
    ['?v=1&evaluation.times=0', 'evaluation.times', '(got 0)'],
  ])('%s names what is wrong and keeps the rest', (search, path, message) => {
    const { config, problems } = configFrom(search);
    expect(problems).toHaveLength(1);
    expect(problems[0]!.path).toBe(path);
    expect(problems[0]!.message).toContain(message);
    expect(config).toEqual(defaultLabConfig());
  });

  it('keeps the valid parts', () => {
    const { config, problems } = configFrom('?v=1&ppo.klCoef=99&ppo.epochs=3');
    expect(problems).toHaveLength(1);
    expect(config.arms[0]!.settings).toEqual({ epochs: 3 });
  });
});
