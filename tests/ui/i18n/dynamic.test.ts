import '../words';
import { afterEach, describe, expect, it } from 'vitest';
import { message } from '../../../src/messages';
import { i18n } from '../../../src/ui/i18n';
import {
  figureName,
  messageText,
  problemText,
  metricText,
  optionText,
  settingText,
} from '../../../src/ui/i18n/dynamic';
import { duration } from '../../../src/ui/i18n/format';

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
