import { describe, expect, it } from 'vitest';
import { chanceOf, learnedFrom, passes, type PairRow } from '../../../src/ui/look/learned';
import { readFile } from 'node:fs/promises';
import { unpackPreferences } from '../../../src/pipeline/contract/packed-preferences';
import { resolvedSettings } from '../../../src/pipeline/lab/config';
import type { StageName } from '../../../src/pipeline/stages';
import type { StageModel } from '../../../src/ui/store/snapshot';

const FILE = new URL('../../../src/checkpoints/data/preferences-review-tiny.safetensors', import.meta.url);
const place = { task: 'review', seed: 1 };

const stage = (name: StageName, more: Partial<StageModel> = {}): StageModel =>
  ({ id: name, stage: name, isArm: false, inputs: {}, settings: resolvedSettings({ task: 'review', size: 'tiny' }, name, {}), ...more }) as unknown as StageModel; // prettier-ignore

describe('what a stage learned from', () => {
  it('are the demonstrations of its seed, the same every time', () => {
    const sft = stage('sft');
    const learned = learnedFrom(sft, [sft], place);
    if (learned.kind !== 'demonstrations') throw new Error(learned.kind);
    expect(learned.rows.length).toBeGreaterThan(100);
    expect(learned.rows[0]!.answer).toMatch(/[.]$/);
    expect(learned.rows[0]!.gold).toBeTypeOf('number');
    expect(learnedFrom(sft, [sft], place)).toEqual(learned);
    expect(learnedFrom(sft, [sft], { ...place, seed: 2 })).not.toEqual(learned);
  });

  it('are documents under the base model', () => {
    const base = stage('pretrain');
    const learned = learnedFrom(base, [base], place);
    expect(learned).toMatchObject({ kind: 'text' });
    expect('rows' in learned && learned.rows.length).toBeGreaterThan(200);
  });

  it('are labelled pairs under the reward model, PPO and DPO: the ready-made ones, read from their file', async () => {
    const bytes = new Uint8Array(await readFile(FILE));
    const { pairs } = unpackPreferences(bytes);
    const labels = stage('preferences', { artifact: { kind: 'packed-preferences', bytes } });
    const inputs = { preferences: 'preferences', reward: 'reward' } as StageModel['inputs'];
    const reward = stage('reward', { inputs });
    const all = [labels, reward, stage('ppo', { inputs }), stage('dpo', { inputs })];
    for (const one of all) {
      const learned = learnedFrom(one, all, place);
      if (learned.kind !== 'pairs') throw new Error(learned.kind);
      expect(learned.reward).toBe('reward');
      expect(learned.rows).toHaveLength(pairs.length);
      const wrong = learned.rows.filter((row) => passes(row, 'wrong'));
      expect(wrong.length).toBe(pairs.filter((p) => p.goldChosen < p.goldRejected).length);
      expect(wrong.length).toBeGreaterThan(50);
      expect(learned.rows.filter((row) => passes(row, 'flipped'))).toEqual([]); // these labelers make no mistakes
      for (const row of wrong.slice(0, 20)) expect(row.chance!).toBeLessThan(0.5);
    }
  });

  it('says so where there is nothing, and where labels are not there yet', () => {
    const empty = { kind: 'packed-preferences', bytes: new Uint8Array(0) } as const;
    const labels = stage('preferences', { artifact: empty });
    expect(learnedFrom(labels, [labels], place)).toEqual({ kind: 'missing' });
    const few = stage('few-shot');
    expect(learnedFrom(few, [few], place)).toEqual({ kind: 'nothing' });
  });

  it('has a chance for every label by the true difference, unless labelers have tastes', () => {
    const judgement = { labelTemperature: 0.15, flipRate: 0.1, bias: 'none' } as const;
    expect(chanceOf(0, judgement)).toBeCloseTo(0.5);
    expect(chanceOf(10, judgement)).toBeCloseTo(0.9);
    expect(chanceOf(1, { ...judgement, bias: 'length' })).toBeUndefined();
  });

  it('tells hard pairs and those that the reward model gets wrong', () => {
    const row = { gap: 0.05, flipped: false } as PairRow;
    expect([passes(row, 'hardest'), passes({ ...row, gap: -0.2 }, 'hardest')]).toEqual([true, false]);
    expect([passes(row, 'disagrees', -1), passes(row, 'disagrees', 1), passes(row, 'disagrees')]).toEqual([true, false, false]); // prettier-ignore
  });
});
