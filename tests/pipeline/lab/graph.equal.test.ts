import { describe, expect, it } from 'vitest';
import { pairsBetween, withPairs } from '../../../src/pipeline/lab/address';
import { configProblems, defaultLabConfig, type LabConfig } from '../../../src/pipeline/lab/config';
import { buildGraph } from '../../../src/pipeline/lab/graph';
import { linkOf, parseLink } from '../../../src/pipeline/lab/link';

const base = defaultLabConfig('chat');
const keys = (config: LabConfig) => buildGraph(config).map(({ id, key }) => [id, key]);
const withPlan = (plan: Partial<LabConfig['evaluation']>): LabConfig => ({
  ...base,
  evaluation: { ...base.evaluation, ...plan },
});

/** The default configuration, written down in other ways. */
const SAME: Record<string, LabConfig> = {
  'tax off': withPlan({ tax: false }),
  'tax undefined': withPlan({ tax: undefined }),
  'no temperatures': withPlan({ temperatures: [] }),
  'no labelers': withPlan({ labelers: undefined }),
  'a setting that is undefined': { ...base, trunk: { sft: { steps: undefined } } },
  'a default said aloud': { ...base, trunk: { sft: { steps: 700 } } },
  'an arm with nothing of its own': {
    ...base,
    arms: base.arms.map((arm) => ({ ...arm, trunk: {}, from: {} })),
  },
  'the default teacher': { ...base, teacher: { size: 'small', trunk: {} } },
};

describe.each(Object.entries(SAME))('%s', (_, config) => {
  it('is the same configuration: the same keys, an empty link', () => {
    expect(configProblems(config)).toEqual([]);
    expect(keys(config)).toEqual(keys(base));
    expect(pairsBetween(base, config)).toEqual([]);
  });

  it('is a standard from which the page finds its way back', () => {
    const other = withPlan({ tax: true, temperatures: [0, 1], labelers: 0.2 });
    const link = linkOf({ demo: undefined, lang: undefined, pairs: pairsBetween(config, other) });
    const { config: found, problems } = withPairs(config, parseLink(link).pairs);
    expect(problems).toEqual([]);
    expect(keys(found)).toEqual(keys(other));
    const back = withPairs(other, pairsBetween(other, config));
    expect(back.problems).toEqual([]);
    expect(keys(back.config)).toEqual(keys(base));
  });
});

it.each([
  'evaluation.tax=off',
  'evaluation.tax=false',
  'evaluation.temperatures=off',
  'evaluation.labelers=off',
])('a link that says %s says nothing new', (pair) => {
  const { config, problems } = withPairs(base, parseLink(`?v=1&${pair}`).pairs);
  expect(problems).toEqual([]);
  expect(keys(config)).toEqual(keys(base));
  expect(pairsBetween(base, config)).toEqual([]);
});
