import { expect, it, describe } from 'vitest';
import { sentence } from '../../../src/messages';
import { configFrom, searchOf } from '../../../src/ui/store/url';
import { configProblems, defaultLabConfig } from '../../../src/pipeline/lab/config';
import { withoutArm, withSetting } from '../../../src/pipeline/lab/edit';
import { LANGUAGE_CODES } from '../../../src/ui/i18n';
import { demoByName } from '../../../src/ui/lessons/demos';
import { TASK_NAMES } from '../../../src/world';

it('a link to an unknown demo is explained', () => {
  const { problems, demo } = configFrom('?demo=nothing');
  expect(demo).toBeUndefined();
  expect(problems[0]).toMatchObject({ path: 'demo' });
  expect(sentence(problems[0]!.message)).toContain('flan');
});

describe('searchOf', () => {
  it('keeps settings that are wrong only together, so that the page can say so beside them', () => {
    const { config, problems } = configFrom('?v=1&ppo.minibatches=32&ppo.rolloutBatch=16');
    expect(problems).toEqual([]);
    expect(configProblems(config)).toMatchObject([
      { path: 'ppo.minibatches', message: { code: 'ppo.minibatches' } },
    ]);
  });

  it('is empty for the defaults', () => expect(searchOf(defaultLabConfig())).toBe(''));

  it('carries a version and only what differs', () => {
    const config = withSetting({ ...defaultLabConfig('chat'), seed: 7 }, 'ppo', 'klCoef', 0.02);
    expect(searchOf(config)).toBe('?v=1&task=chat&seed=7&ppo.klCoef=0.02');
  });

  it('is read back, removed arms included', () => {
    const config = withoutArm(defaultLabConfig(), 'dpo');
    expect(configFrom(searchOf(config))).toEqual({ config, problems: [] });
  });

  it('says how the evaluation of a demo was changed', () => {
    const demo = demoByName('instructgpt')!;
    const { tax: _, ...evaluation } = demo.config.evaluation;
    const config = { ...demo.config, evaluation: { ...evaluation, temperatures: [0, 2], labelers: 0.4 } };
    expect(configFrom(searchOf(config, { demo })).config).toEqual(config);
  });
});

describe('a link that is not valid', () => {
  it.each([
    ['?v=2&task=chat', 'v', 'must be 1 (got 2)'],
    ['?v=1&task=poetry', 'task', `must be one of ${TASK_NAMES.join(', ')} (got "poetry")`],
    ['?v=1&seed=abc', 'seed', '(got "abc")'],
    ['?v=1&seed=9007199254740991', 'seed', 'between 0 and 4294967295 (got 9007199254740991)'],
    ['?v=1&ppo.klCoef=99', 'ppo.klCoef', 'must be a number between 0 and 10 (got 99)'],
    ['?v=1&nobody.steps=1', 'nobody.steps', 'is not known'],
    ['?v=1&evaluation.promts=9', 'evaluation.promts', 'is not known'],
    ['?v=1&evaluation.tax=maybe', 'evaluation.tax', 'must be true or false (got "maybe")'],
    ['?v=1&lang=klingon', 'lang', `must be one of ${LANGUAGE_CODES.join(', ')} (got klingon)`],
    ['?v=1&precision=f64', 'precision', 'must be one of f32, f16 (got f64)'],
    ['?v=1&threads=99', 'threads', 'between 1 and 16 (got 99)'],
    ['?v=1&sede=3', 'sede', 'is not known'],
  ])('%s names what is wrong and keeps the rest', (search, path, message) => {
    const { config, problems } = configFrom(search);
    expect(problems).toHaveLength(1);
    expect(problems[0]!.path).toBe(path);
    expect(sentence(problems[0]!.message)).toContain(message);
    expect(config).toEqual(defaultLabConfig());
  });

  it('keeps the valid parts', () => {
    const { config, problems } = configFrom('?v=1&ppo.klCoef=99&ppo.epochs=3');
    expect(problems).toHaveLength(1);
    expect(config.arms[0]!.settings).toEqual({ epochs: 3 });
  });

  it('is not one for what others have added to it', () => {
    expect(configFrom('?utm_source=mail&fbclid=x&seed=3')).toEqual({
      config: { ...defaultLabConfig(), seed: 3 },
      problems: [],
    });
  });
});
