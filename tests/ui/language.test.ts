import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { message } from '../../src/messages';
import { FIGURE_GROUPS, rewardFigure, share } from '../../src/pipeline/contract/figures';
import { METRIC_GROUPS } from '../../src/pipeline/contract/traits';
import { choice, number, settingFields } from '../../src/pipeline/contract/settings';
import { STAGES, type StageName } from '../../src/pipeline/stages';
import { i18n, LANGUAGE_CODES } from '../../src/ui/i18n';
import {
  figureName,
  messageText,
  metricText,
  optionText,
  problemText,
  settingText,
} from '../../src/ui/i18n/dynamic';
import { en } from '../../src/ui/i18n/en';
import { duration } from '../../src/ui/i18n/format';
import { zh } from '../../src/ui/i18n/zh';
import { settings } from '../../src/ui/i18n/zh/settings';
import { missingWords } from './words';

/** Words that are the same in both languages: names, abbreviations, symbols. */
const SAME = new Set([
  'Alignlet',
  'nano',
  'tiny',
  'small',
  'WebGPU',
  'WebGL',
  'WASM',
  'CPU',
  'English',
  '简体中文',
  'SFT',
  'PPO',
  'DPO',
  'KL',
  '50 %',
  '–',
  'n',
  'GAE',
  'EOS',
  'PPO-ptx',
  '{{message}}',
  '{{update}} / {{updates}}',
]);

const leaves = (value: object, path = ''): [string, string][] =>
  Object.entries(value).flatMap(([key, inner]): [string, string][] =>
    typeof inner === 'string' ? [[`${path}${key}`, inner]] : leaves(inner as object, `${path}${key}.`),
  );

const placeholders = (text: string): string[] =>
  [...text.matchAll(/\{\{(\w+)\}\}/g)].map((m) => m[1]!).sort();

describe('Chinese', () => {
  const english = new Map(leaves(en));
  const chinese = new Map(leaves(zh));

  it('has exactly the keys of English', () =>
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort()));

  it('is translated, with the same gaps', () => {
    for (const [key, text] of chinese) {
      expect(text.trim(), key).not.toBe('');
      expect(text, key).not.toMatch(/[!！]/);
      if (!SAME.has(text)) expect(text, key).not.toBe(english.get(key));
      expect(placeholders(text), key).toEqual(placeholders(english.get(key)!));
    }
  });

  it('has no word in the list of equal ones without use', () => {
    const equal = new Set(
      [...chinese].filter(([key, text]) => english.get(key) === text).map(([, text]) => text),
    );
    expect([...SAME].filter((word) => !equal.has(word))).toEqual([]);
  });

  const fields = (Object.keys(STAGES) as StageName[]).flatMap((stage) =>
    settingFields(STAGES[stage].settings).map((field) => [`${stage}.${field.name}`, stage, field] as const),
  );

  it.each(fields)('explains the setting %s', (_, stage, field) => {
    const words = settings[stage]?.[field.name];
    expect(words?.effect).toMatch(/[\u4e00-\u9fff]/);
    expect(words?.label).toBeTruthy();
    expect(words!.label).not.toBe(field.info.label);
    if (field.info.unit) {
      expect(words!.unit).toBeTruthy();
      expect(words!.unit).not.toBe(field.info.unit);
    } else expect(words!.unit).toBeUndefined();
    if (field.kind.type === 'choice')
      for (const option of field.kind.options) expect(words!.options?.[option], option).toBeTruthy();
  });

  it('explains no setting that is not there', () => {
    const known = fields.map(([path]) => path).sort();
    const explained = Object.entries(settings).flatMap(([stage, words]) =>
      Object.keys(words).map((name) => `${stage}.${name}`),
    );
    expect(explained.sort()).toEqual(known);
  });
});

describe.each(LANGUAGE_CODES)('%s', (code) => {
  it.each(Object.keys(STAGES) as StageName[])('has every word of the stage %s', (name) => {
    expect(missingWords(STAGES[name], code)).toEqual([]);
  });

  it('misses every word of a stage that nobody has translated', () => {
    const stage = {
      name: 'new-method',
      settings: z.object({
        rate: number(1, 0, 2, { label: 'rate', unit: 'per step', effect: 'Higher: more.' }),
        kind: choice(['a', 'b'], 'a', { label: 'kind', effect: 'A or b.' }),
      }),
      metrics: { loss: 'loss', 'new/metric': 'policy', step: 'hidden' },
      figures: { gold: rewardFigure(), 'new.figure': share() },
      formula: true,
    } as const;
    const settings = [
      'rate.label',
      'rate.effect',
      'rate.unit',
      'kind.label',
      'kind.effect',
      'kind.a',
      'kind.b',
    ];
    expect(missingWords(stage, code)).toEqual([
      'stage.names.new-method',
      'stage.about.new-method',
      'formula.alt.new-method',
      'metric.new/metric',
      'figure.new_figure',
      ...(code === 'en' ? [] : settings.map((path) => `settings.new-method.${path}`)),
    ]);
  });

  it('names every heading of metrics and every table of figures', () => {
    const { metricGroup, results } = code === 'en' ? en : zh;
    expect(Object.keys(metricGroup).sort()).toEqual([...METRIC_GROUPS].sort());
    expect(Object.keys(results.groups).sort()).toEqual([...FIGURE_GROUPS].sort());
  });

  it('names variations of figures by the name of the figure', async () => {
    await i18n.changeLanguage(code);
    const gold = figureName('gold');
    for (const name of ['gold.64', 'gold@0.5', 'sft.gold']) expect(figureName(name)).toContain(gold);
    expect(figureName('winRate/dpo')).toContain('dpo');
    expect(figureName('reward.labelAccuracy')).toContain(figureName('labelAccuracy'));
    await i18n.changeLanguage('en');
  });
});

describe('the language of the page', () => {
  afterEach(() => i18n.changeLanguage('en'));

  it('reaches settings, metrics, figures, times and problems', async () => {
    expect(settingText('ppo', 'klCoef').label).toBe('KL coefficient');
    expect(duration(75)).toBe('1 min 15 s');
    expect(figureName('accuracy.opposite')).toBe('accuracy, opposite');
    await i18n.changeLanguage('zh');
    expect(settingText('ppo', 'klCoef').label).toBe('KL 系数');
    expect(optionText('ppo', 'valueModel', 'shared')).toBe('共享');
    expect(metricText('grad_norm')).toContain('梯度');
    expect(figureName('accuracy.opposite')).toBe('准确率，反义词');
    expect(duration(75)).toBe('1 分 15 秒');
    expect(duration(3700)).toBe('1 小时 1 分');
  });

  it('puts a name before what goes on from it, and a colon before a sentence of its own', async () => {
    const number = message('value.atMost', { max: 3, got: '4' });
    const cut = message('ppo.minibatches', { rollouts: 16, minibatches: 32 });
    expect(problemText('beta', number)).toBe('beta must be at most 3 (got 4)');
    expect(problemText('minibatches', cut)).toMatch(/^minibatches: 16 answers per iteration/);
    await i18n.changeLanguage('zh');
    expect(problemText('小批数', cut)).toMatch(/^小批数：每次迭代的 16 个回答/);
  });

  it('reaches messages and the names in them', async () => {
    const wrong = message('stage.setting', {
      stage: 'ppo',
      name: 'klCoef',
      problem: message('value.number', { whole: false, min: 0, max: 10, off: false, got: '99' }),
    });
    const parent = message('stage.parent', { role: 'reward' });
    expect(messageText(wrong)).toBe('PPO: KL coefficient must be a number between 0 and 10 (got 99)');
    expect(messageText(parent)).toBe('this stage needs a Reward model artifact');
    await i18n.changeLanguage('zh');
    expect(messageText(wrong)).toBe('PPO：KL 系数 必须是 0 到 10 之间的数（现为 99）');
    expect(messageText(parent)).toBe('这个阶段需要 奖励模型 的结果');
    expect(messageText(message('engine.unavailable', { backend: 'webgpu' }))).toBe('这里没有 WebGPU');
  });
});
