import { describe, expect, it } from 'vitest';
import { METRIC_GROUPS } from '../../../src/pipeline/contract/traits';
import {
  ARM_STAGES,
  fillersOf,
  LECTURE_STAGES,
  STAGES,
  TRUNK_STAGES,
  type StageName,
} from '../../../src/pipeline/stages';
import { rungNames } from '../../../src/pipeline/stages/tilt';
import { answersPrompts, armName, FIGURES, isLimit } from '../../../src/pipeline/stages/traits';
import { lineFrom } from '../../../src/ui/pipeline-rail/line-from';

const names = Object.keys(STAGES) as StageName[];

describe('the registry', () => {
  it('has the lists in their order, from what the stages say', () => {
    expect(TRUNK_STAGES).toEqual(['pretrain', 'sft', 'preferences', 'reward', 'distil', 'ai-feedback']);
    expect(ARM_STAGES).toEqual(['ppo', 'dpo']);
    expect(LECTURE_STAGES.slice(0, 2)).toEqual(['online-dpo', 'preferred-ft']);
    expect(names).toHaveLength(TRUNK_STAGES.length + ARM_STAGES.length + LECTURE_STAGES.length);
    expect(ARM_STAGES.map(armName)).toEqual(['PPO', 'DPO']);
  });

  it('knows who fills a role, the usual one first', () => {
    expect(fillersOf('sft')).toEqual(['sft', 'pretrain', 'distil']);
    expect(fillersOf('preferences')).toEqual(['preferences', 'ai-feedback']);
    expect(fillersOf('judge')).toEqual(['reward']);
  });

  it('has someone for every role that a stage asks for', () => {
    for (const name of names)
      for (const role of STAGES[name].inputs)
        expect(fillersOf(role).length, `${name} ${role}`).toBeGreaterThan(0);
  });
});

describe.each(names)('%s', (name) => {
  const { metrics, figures, headline } = STAGES[name];

  it('shows headline figures that it declares, and metrics that it logs until they are there', () => {
    for (const shown of headline) {
      expect(figures).toHaveProperty([shown.figure]);
      if (shown.from === 'summary')
        for (const metric of shown.until) expect(metrics).toHaveProperty([metric]);
    }
  });

  it('puts its metrics under headings that there are', () => {
    for (const group of Object.values(metrics)) expect([...METRIC_GROUPS, 'hidden']).toContain(group);
  });

  it('describes a figure as every other stage that has it does', () => {
    for (const [figure, { kind, digits, range, group }] of Object.entries(figures)) {
      const known = FIGURES[figure]!;
      expect({ kind, digits, range, group }, figure).toEqual({
        kind: known.kind,
        digits: known.digits,
        range: known.range,
        group: known.group,
      });
    }
  });
});

describe('traits', () => {
  it('tell the limit from a method, also where the setting is left at its default', () => {
    expect(isLimit({ stage: 'tilt', settings: {} })).toBe(true);
    expect(isLimit({ stage: 'tilt', settings: { reward: 'gold' } })).toBe(true);
    expect(isLimit({ stage: 'tilt', settings: { reward: 'proxy' } })).toBe(false);
    expect(names.filter((stage) => isLimit({ stage, settings: {} }))).toEqual(['tilt']);
  });

  it('tell whose model answers prompts by itself', () => {
    const answering = names.filter((stage) => answersPrompts({ stage, settings: {} }));
    expect(answering).toEqual(['ppo', 'dpo', 'online-dpo', 'preferred-ft', 'unlikelihood', 'probe']);
    expect(answersPrompts({ stage: 'probe', settings: { shots: 2 } })).toBe(false);
  });

  it('say where the line to an arm begins', () => {
    const trunk = ['pretrain', 'sft', 'preferences', 'reward'];
    expect(lineFrom('ppo', trunk)).toBe('reward');
    expect(lineFrom('dpo', trunk)).toBe('preferences');
    expect(lineFrom('unlikelihood', trunk)).toBe('preferences');
    expect(lineFrom('online-dpo', trunk)).toBe('reward'); // it draws its own pairs
    expect(lineFrom('dpo', [...trunk, 'distil'])).toBe('preferences');
    expect(lineFrom('probe', ['pretrain', 'sft'])).toBe('sft');
    expect(lineFrom('instruct', ['pretrain'])).toBe('pretrain');
    expect(lineFrom('ppo', [])).toBeUndefined();
  });
});

describe('rungs of a tilt', () => {
  it('have different names however close they are', () => {
    const close = [3, 2.9875, 2.975, 2.9625, 2.95];
    expect(new Set(rungNames(close)).size).toBe(5);
    expect(new Set(rungNames([100, 99.999999, 99.999998])).size).toBe(3);
  });

  it('keep their usual names where two digits tell them apart', () => {
    const usual = Array.from({ length: 9 }, (_, i) => 3 * (0.1 / 3) ** (i / 8));
    expect(rungNames(usual)).toEqual([3, 2, 1.3, 0.84, 0.55, 0.36, 0.23, 0.15, 0.1]);
  });

  it('share a name where they are one', () => expect(rungNames([2, 2, 2])).toEqual([2, 2, 2]));
});
