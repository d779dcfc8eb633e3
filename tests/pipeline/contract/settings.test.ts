import { describe, expect, it } from 'vitest';
import { message, sentence } from '../../../src/messages';
import {
  configProblems,
  defaultLabConfig,
  defaultSettings,
  labConfigSchema,
  type LabConfig,
} from '../../../src/pipeline/lab/config';
import { MODEL_SIZES, type ModelSize } from '../../../src/model/config';
import { settingErrors, settingFields, type SettingField } from '../../../src/pipeline/contract/settings';
import {
  ARM_STAGES,
  LECTURE_STAGES,
  STAGES,
  TRUNK_STAGES,
  type StageName,
} from '../../../src/pipeline/stages';
import { TASK_NAMES } from '../../../src/world';

const stages = (Object.keys(STAGES) as StageName[]).map((name) => [name, STAGES[name].settings] as const);
const fields = stages.flatMap(([stage, schema]) =>
  settingFields(schema).map((field): [string, StageName, SettingField] => [
    `${stage}.${field.name}`,
    stage,
    field,
  ]),
);
const schemaOf = (stage: StageName) => STAGES[stage].settings;

describe('every stage', () => {
  it('is in the list under its own name, as a part of the trunk, as an arm or as work that arms share', () => {
    for (const [name, stage] of Object.entries(STAGES)) expect(stage.name).toBe(name);
    const shared = Object.keys(STAGES).filter((name) => STAGES[name as StageName].place.kind === 'shared');
    expect(shared).toEqual(['samples', 'scores', 'baseline']);
    expect([...TRUNK_STAGES, ...ARM_STAGES, ...LECTURE_STAGES, ...shared].sort()).toEqual(
      Object.keys(STAGES).sort(),
    );
  });

  it.each(stages)('%s takes its own defaults, on every task', (stage, schema) => {
    expect(settingErrors(schema, schema.parse({}))).toEqual([]);
    for (const task of TASK_NAMES)
      for (const size of Object.keys(MODEL_SIZES) as ModelSize[])
        expect(settingErrors(schema, defaultSettings(task, stage, size))).toEqual([]);
  });
});

describe.each(fields)('%s', (_, stage, { name, info, kind, fallback }) => {
  const errorsWith = (value: unknown) =>
    settingErrors(schemaOf(stage), { ...schemaOf(stage).parse({}), [name]: value });

  it('is explained', () => {
    expect(info.label.length).toBeGreaterThan(2);
    expect(info.effect).toMatch(/\.$/);
    if (kind.type === 'number' || kind.type === 'integer') {
      expect(Number.isFinite(kind.min) && Number.isFinite(kind.max)).toBe(true);
      expect(info.typical, 'a number needs a usual range').toBeDefined();
      const [low, high] = info.typical!;
      expect(kind.min).toBeLessThanOrEqual(low);
      expect(low).toBeLessThanOrEqual(high);
      expect(high).toBeLessThanOrEqual(kind.max);
      if (fallback !== null) {
        expect(low).toBeLessThanOrEqual(fallback as number);
        expect(fallback as number).toBeLessThanOrEqual(high);
      }
    }
  });

  it('refuses what it cannot be, naming itself, what it may be and what it got', () => {
    const refused = (value: unknown, got = JSON.stringify(value)) => {
      const errors = errorsWith(value);
      expect(errors.map((e) => e.name)).toEqual([name]);
      const said = sentence(errors[0]!.message);
      expect(said).toContain(`(got ${got})`);
      return said;
    };
    switch (kind.type) {
      case 'number':
      case 'integer':
        for (const value of [kind.min - 1, kind.max + 1])
          expect(refused(value)).toContain(`between ${kind.min} and ${kind.max}`);
        refused(NaN, 'NaN');
        refused(Infinity, 'Infinity');
        refused('1');
        expect(errorsWith(kind.min)).toEqual([]);
        expect(errorsWith(kind.max)).toEqual([]);
        if (kind.type === 'integer') expect(refused(kind.min + 0.5)).toContain('a whole number');
        if (kind.nullable) expect(errorsWith(null)).toEqual([]);
        else refused(null);
        break;
      case 'flag':
        expect(refused('yes')).toContain('must be true or false');
        break;
      case 'choice':
        expect(refused('constructor')).toContain(`must be one of ${kind.options.join(', ')}`);
        for (const option of kind.options) expect(errorsWith(option)).toEqual([]);
        break;
      case 'own':
        expect(refused('my labels')).toContain('must look like');
        for (const value of [null, '0123456789abcdef0123456789abcdef']) expect(errorsWith(value)).toEqual([]);
        break;
    }
  });
});

it('a setting that the stage does not have is refused by name', () => {
  expect(settingErrors(STAGES.dpo.settings, { ...STAGES.dpo.settings.parse({}), klCoef: 1 })).toEqual([
    { name: 'klCoef', message: message('name.notSetting', {}) },
  ]);
});

it('several problems are reported together', () => {
  const values = { ...STAGES.ppo.settings.parse({}), klCoef: 99, epochs: 0, speed: 3 };
  expect(settingErrors(STAGES.ppo.settings, values).map((e) => e.name).sort()).toEqual(['epochs', 'klCoef', 'speed']); // prettier-ignore
});

describe('a configuration', () => {
  const base = defaultLabConfig();
  const problems = (changes: Partial<LabConfig>) =>
    configProblems({ ...base, ...changes }).map(({ path, message }) => ({
      path,
      message: sentence(message),
    }));
  const arm = (id: string, settings = {}, stage: 'ppo' | 'dpo' = 'ppo') => ({
    id,
    name: id,
    stage,
    settings,
  });

  it.each(TASK_NAMES)('of the task %s is fine as it comes', (task) => {
    expect(configProblems(defaultLabConfig(task))).toEqual([]);
  });

  it('names a task that does not exist and the ones that do', () => {
    expect(problems({ task: 'poetry' })).toEqual([
      { path: 'task', message: `must be one of ${TASK_NAMES.join(', ')} (got "poetry")` },
    ]);
  });

  it('names the stage and the setting that is out of range', () => {
    expect(problems({ trunk: { sft: { steps: 0 } }, arms: [arm('wild', { klCoef: 99 })] })).toEqual([
      { path: 'sft.steps', message: 'must be a whole number between 1 and 10000 (got 0)' },
      { path: 'wild.klCoef', message: 'must be a number between 0 and 10 (got 99)' },
    ]);
  });

  it('refuses settings that are each fine and impossible together', () => {
    expect(problems({ arms: [arm('many', { rolloutBatch: 16, minibatches: 32 })] })).toEqual([
      {
        path: 'many.minibatches',
        message: '16 answers per iteration cannot be cut into 32 minibatches; ask for at most 16, or for more answers', // prettier-ignore
      },
    ]);
    const steered = problems({ arms: [arm('still', { klCoef: 0, adaptiveKlTarget: 6 })] });
    expect(steered.map((p) => p.path)).toEqual(['still.klCoef']);
    expect(steered[0]!.message).toMatch(/starts at 0 stays 0/);
    expect(problems({ arms: [arm('free', { klCoef: 0 })] })).toEqual([]);
    expect(problems({ arms: [arm('short', { adaptiveKlTarget: 6, adaptiveKlHorizon: 10 })] })).toEqual([]);
  });

  it('names the arm whose own trunk is wrong', () => {
    expect(problems({ arms: [{ ...arm('mine'), trunk: { sft: { steps: 0 } } }] })).toEqual([
      { path: 'mine/sft.steps', message: 'must be a whole number between 1 and 10000 (got 0)' },
    ]);
  });

  it('names unknown settings', () => {
    expect(problems({ trunk: { reward: { layers: 3 } } })).toEqual([
      { path: 'reward.layers', message: 'is not a setting of this stage' },
    ]);
  });

  it('names arms that share a name with each other or with the trunk', () => {
    expect(problems({ arms: [arm('a'), arm('b'), arm('a', {}, 'dpo')] })).toEqual([
      { path: 'a', message: 'this name is used twice' },
    ]);
    expect(problems({ arms: [arm('reward')] })).toEqual([
      { path: 'reward', message: 'this name is used twice' },
    ]);
  });

  it.each(['teacher', 'evaluation', 'constructor'])('refuses an arm called %s', (id) => {
    expect(problems({ arms: [arm(id)] })).toEqual([
      { path: id, message: 'this name is taken by the lab itself' },
    ]);
  });

  it.each([
    ['seed', { seed: -1 }],
    ['seed', { seed: 1.5 }],
    ['seed', { seed: 2 ** 32 }],
    ['size', { size: 'huge' }],
    ['start', { start: 'middle' }],
    ['arms', { arms: [] }],
    ['arms.0.id', { arms: [arm('Two words')] }],
    ['arms.0.stage', { arms: [{ ...arm('a'), stage: 'sft' }] }],
    ['arms.0.size', { arms: [{ ...arm('a'), size: 'huge' }] }],
    ['evaluation.times', { evaluation: { times: 0, prompts: 16, finalPrompts: 16 } }],
  ] as [string, Partial<LabConfig>][])('refuses a bad %s', (path, changes) => {
    expect(problems(changes).map((p) => p.path)).toEqual([path]);
  });

  it('refuses fields it does not know', () => {
    expect(problems({ speed: 3 } as Partial<LabConfig>)).toHaveLength(1);
  });

  it('survives a round trip through JSON', () => {
    expect(labConfigSchema.parse(JSON.parse(JSON.stringify(base)))).toEqual(base);
  });
});
