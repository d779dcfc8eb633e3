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
import { answersPrompts, armName, FIGURES, isLimit } from '../../../src/pipeline/stages/traits';

const names = Object.keys(STAGES) as StageName[];

describe('the registry', () => {
  it('has the lists in their order, from what the stages say', () => {
    expect(TRUNK_STAGES.slice(0, 4)).toEqual(['pretrain', 'sft', 'preferences', 'reward']);
    expect(ARM_STAGES.slice(0, 2)).toEqual(['ppo', 'dpo']);
    expect(LECTURE_STAGES.slice(0, 2)).toEqual(['online-dpo', 'preferred-ft']);
    const unseen = names.filter((name) => STAGES[name].place.kind === 'shared');
    expect(names).toHaveLength(
      TRUNK_STAGES.length + ARM_STAGES.length + LECTURE_STAGES.length + unseen.length,
    );
    expect(ARM_STAGES.slice(0, 2).map(armName)).toEqual(['PPO', 'DPO']);
  });

  it('knows who fills a role, the usual one first', () => {
    expect(fillersOf('sft')).toEqual(['sft', 'pretrain', 'distil']);
    expect(fillersOf('preferences')).toEqual(['preferences', 'ai-feedback', 'own-labels']);
    expect(fillersOf('judge')).toEqual(['reward']);
    expect(fillersOf('reward')).toEqual(['reward', 'rule']);
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
    expect(isLimit({ stage: 'best-of-n', settings: { reward: 'gold' } })).toBe(false);
  });

  it('tell whose model answers prompts by itself', () => {
    const answers = (stage: StageName) => answersPrompts({ stage, settings: {} });
    const own: StageName[] = ['ppo', 'dpo', 'online-dpo', 'preferred-ft', 'unlikelihood', 'probe'];
    const none: StageName[] = ['best-of-n', 'tilt', 'instruct', 'few-shot'];
    expect(own.filter((stage) => !answers(stage))).toEqual([]);
    expect(none.filter(answers)).toEqual([]);
    expect(answersPrompts({ stage: 'probe', settings: { shots: 2 } })).toBe(false);
  });
});
