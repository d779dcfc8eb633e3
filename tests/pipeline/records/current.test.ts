import { afterEach, describe, expect, it } from 'vitest';
import { labConfigSchema, type LabConfig } from '../../../src/pipeline/lab/config';
import type { Claim } from '../../../src/pipeline/records/claims';
import {
  causesOf,
  currentPart,
  currentRuns,
  judgeStored,
  lacking,
  lackingIn,
} from '../../../src/pipeline/records/current';
import { storedKeyOf, storedKeysOf, type StoredRun } from '../../../src/pipeline/records/recording';
import { checkedRun } from '../../../src/pipeline/records/stored-run';
import { STAGES } from '../../../src/pipeline/stages';

/** A new object each time: what is known of a configuration is kept with it. */
const demo = (changes: object = {}) =>
  labConfigSchema.parse({
    task: 'review',
    seed: 3,
    arms: [
      { id: 'ppo', name: 'PPO', stage: 'ppo' },
      { id: 'dpo', name: 'DPO', stage: 'dpo' },
      { id: 'best', name: 'Best of n', stage: 'best-of-n', trunk: { preferences: { pairs: 50 } } },
      { id: 'proxy', name: 'Tilt by the proxy', stage: 'tilt', settings: { reward: 'proxy' } },
      { id: 'limit', name: 'Limit', stage: 'tilt' },
    ],
    ...changes,
  }) as LabConfig;

const row = { update: 0, updates: 1, samples: 0, tokens: 0, seconds: 0, evaluation: { gold: 0, kl: 0 } };

/** What today's code stores of the demo. */
function stored(config = demo(), seed = 1): StoredRun {
  const keys = storedKeysOf(config);
  const numbers = { gold: 0.5 + seed / 100, seconds: 1 };
  const trunk = Object.keys(keys).filter((id) => !config.arms.some((arm) => arm.id === id));
  return {
    key: storedKeyOf(keys),
    keys,
    summary: {
      ...{ demo: 'x', seed, backend: 'wasm', seconds: 1, config: { ...config, seed, start: 'base' } },
      trunk: Object.fromEntries(trunk.map((id) => [id, { ...numbers, source: 'live' }])),
      arms: {
        ppo: { ...numbers, gap: 0.1, 'winRate/dpo': 0.6 },
        dpo: { ...numbers, gap: 0.2, 'winRate/ppo': 0.4 },
        best: { ...numbers, gap: 0.3 },
        proxy: { ...numbers, gap: 0.4 },
        limit: numbers,
      },
      failures: {},
    },
    history: { ppo: [row] as never, dpo: [row] as never },
  };
}

const original = { ...STAGES };
afterEach(() => void Object.assign(STAGES, original));

/** As if the mathematics of a stage had changed. */
const raise = (stage: keyof typeof STAGES) =>
  Object.assign(STAGES, { [stage]: { ...STAGES[stage], version: 1000 } });

const claim = (left: string, right: number | string = 0): Claim => ({
  ...{ text: 'x', left, op: '>', right },
  paper: { source: 'nobody', says: 'nothing' },
});

describe('a stored run after a stage has changed', () => {
  it('is whole while nothing has', () => {
    expect(currentPart(stored(), demo())).toEqual(stored());
    expect(currentPart(stored(), demo({ seed: 9, start: 'trunk' }))).toEqual(stored());
  });

  it('loses the arms of a raised version and what compares others with them, and nothing else', () => {
    const before = stored();
    raise('dpo');
    const { summary, history, keys } = currentPart(before, demo());
    expect(Object.keys(summary.arms)).toEqual(['ppo', 'best', 'proxy', 'limit']);
    expect(summary.arms['ppo']).toEqual({ gold: 0.51, seconds: 1, gap: 0.1 });
    expect(summary.trunk).toEqual(before.summary.trunk);
    expect(Object.keys(history)).toEqual(['ppo']);
    expect(keys).not.toHaveProperty('dpo');
  });

  it('loses every gap with the limit, but not with another tilt', () => {
    const before = stored();
    const limit = demo().arms.map((arm) =>
      arm.id === 'limit' ? { ...arm, settings: { samples: 32 } } : arm,
    );
    expect(currentPart(before, demo({ arms: limit })).summary.arms).toMatchObject({
      ppo: { 'winRate/dpo': 0.6 },
    });
    for (const figures of Object.values(currentPart(before, demo({ arms: limit })).summary.arms))
      expect(figures).not.toHaveProperty('gap');
    const proxy = demo().arms.map((arm) => (arm.id === 'proxy' ? { ...arm, settings: { reward: 'proxy', samples: 32 } } : arm)); // prettier-ignore
    expect(currentPart(before, demo({ arms: proxy })).summary.arms['ppo']!['gap']).toBe(0.1);
  });

  it('loses what builds on a trunk stage that has changed', () => {
    const before = stored();
    raise('reward');
    const { summary } = currentPart(before, demo());
    expect(Object.keys(summary.trunk)).toEqual(['pretrain', 'sft', 'preferences', 'best/preferences']);
    expect(summary.arms).toEqual({}); // all are measured by the reward model
    const best = demo().arms.map((arm) => (arm.id === 'best' ? { ...arm, trunk: {} } : arm));
    STAGES.reward = original.reward;
    const others = currentPart(before, demo({ arms: best })).summary;
    expect(Object.keys(others.arms)).toEqual(['ppo', 'dpo', 'proxy', 'limit']);
    expect(Object.keys(others.trunk)).toEqual(['pretrain', 'sft', 'preferences', 'reward']);
  });

  it('is not there at all where no arm is left', () => {
    const before = stored();
    raise('sft');
    expect(currentRuns([before], demo())).toEqual([]);
  });

  it('is read also where it had an arm of a stage that is gone', () => {
    const before = stored();
    before.summary.config.arms.unshift({
      id: 'gone',
      name: 'Gone',
      stage: 'q-learning' as never,
      settings: {},
    });
    expect(currentPart(checkedRun(before), demo()).summary.arms['ppo']).toMatchObject({ gap: 0.1 });
  });

  it('counts no arm that was never measured', () => {
    const empty = stored();
    empty.summary.arms['ppo'] = { seconds: 3 };
    expect(Object.keys(currentPart(empty, demo()).summary.arms)).not.toContain('ppo');
    expect(currentPart(empty, demo()).summary.arms['dpo']).not.toHaveProperty('winRate/ppo');
  });
});

describe('figures that are measured by now', () => {
  const fit = { 'fit.alpha': 1, 'fit.beta': 1, 'fit.r2': 1, 'fit.r2Other': 1 };
  const of = (name: string, figures: object) =>
    lacking(demo(), { [name]: figures as Record<string, number> });

  it('are named where a current result lacks them', () => {
    const run = stored();
    expect(lackingIn(run, demo())['reward']).toEqual(['rawMean', 'rawDeviation']);
    raise('reward');
    expect(lackingIn(run, demo())).not.toHaveProperty('reward'); // outdated as a whole
  });

  it('stand wherever those stand that they go with', () => {
    const { 'fit.r2Other': _, ...earlier } = fit;
    expect(of('ppo', earlier)['ppo']).toContain('fit.r2Other');
    for (const figures of [{}, fit]) expect(of('ppo', figures)['ppo']).not.toContain('fit.r2Other');
    expect(of('ppo', { webLoss: 1 })['ppo']).toContain('fewShot');
    expect(of('ppo', {})['ppo']).not.toContain('gap');
  });

  it('make no result untrue: what is there still counts', () => {
    expect(judgeStored(claim('ppo.gold'), [stored()], demo()).difference.count).toBe(1);
  });
});

describe('a claim on stored runs', () => {
  it('is judged where its arms are current, and else says what has changed', () => {
    const before = [stored(demo(), 1), stored(demo(), 2), stored(demo(), 3)];
    raise('dpo');
    expect(judgeStored(claim('ppo.gold'), before, demo())).toMatchObject({ verdict: 'yes', causes: [] });
    const causes = [{ stage: 'dpo', why: 'version' }];
    expect(judgeStored(claim('ppo.gold', 'dpo.gold'), before, demo())).toMatchObject({ verdict: 'not run', causes }); // prettier-ignore
    expect(judgeStored(claim('ppo.winRate/dpo', 0.5), before, demo())).toMatchObject({ verdict: 'not run', causes }); // prettier-ignore
  });

  it('needs the limit for a gap', () => {
    const before = stored();
    raise('tilt');
    const { verdict, causes } = judgeStored(claim('ppo.gap'), [before], demo());
    expect([verdict, causes]).toEqual(['not run', [{ stage: 'tilt', why: 'version' }]]);
  });

  it('rests on the seeds that have been made again', () => {
    const before = stored(demo(), 1);
    raise('dpo');
    const result = judgeStored(claim('dpo.gold'), [before, stored(demo(), 2)], demo());
    expect(result).toMatchObject({ verdict: 'partly', difference: { count: 1 }, causes: [] });
  });

  it('tells another version from other settings, at the stage with which it began', () => {
    const before = stored();
    expect(causesOf([before], demo({ trunk: { sft: { steps: 9 } } }), ['ppo'])).toEqual([
      { stage: 'sft', why: 'settings' },
    ]);
    raise('preferences');
    expect(causesOf([before], demo(), ['best'])).toEqual([{ stage: 'preferences', why: 'version' }]);
    expect(causesOf([before], demo(), ['sft'])).toEqual([]);
  });

  it('without any stored run is just not run', () => {
    expect(judgeStored(claim('ppo.gold'), [], demo())).toMatchObject({ verdict: 'not run', causes: [] });
  });
});

describe('a stored file', () => {
  it('is taken as it was written', () => {
    expect(checkedRun(JSON.parse(JSON.stringify(stored())))).toEqual(stored());
  });

  it.each([
    ['nothing', {}, /key/],
    ['no keys, as files of earlier code', { ...stored(), keys: undefined }, /keys/],
    ['keys that were changed by hand', { ...stored(), keys: { ...stored().keys, ppo: '0'.repeat(32) } }, /by hand/],
    ['an empty summary', { ...stored(), summary: {} }, /summary\.demo/],
    ['arms that are no numbers', { ...stored(), summary: { ...stored().summary, arms: { ppo: { gold: null } } } }, /arms\.ppo\.gold/],
    ['an arm that is none', { ...stored(), summary: { ...stored().summary, config: { ...stored().summary.config, arms: [null] } } }, /config\.arms\.0/],
    ['arms without a stage', { ...stored(), summary: { ...stored().summary, config: { ...stored().summary.config, arms: [{ id: 'a', name: 'A', settings: {} }] } } }, /config\.arms\.0\.stage/],
    ['a measurement that is no number', { ...stored(), history: { ppo: [{ ...row, evaluation: { gold: 'x' } }] } }, /history\.ppo/],
  ])('is refused by name: %s', (_, json, expected) => {
    expect(() => checkedRun(json)).toThrow(expected);
  }); // prettier-ignore
});
