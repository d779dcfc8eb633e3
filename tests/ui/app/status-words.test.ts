import '../words';
import { afterEach, describe, expect, it } from 'vitest';
import { buildGraph } from '../../../src/pipeline/lab/graph';
import { labConfigSchema, type LabConfig } from '../../../src/pipeline/lab/config';
import { doneSentence } from '../../../src/ui/app/status-words';
import { i18n } from '../../../src/ui/i18n';
import { spaced } from '../../../src/ui/i18n/format';
import { nameList } from '../../../src/ui/i18n/list';
import { versus, withReference } from '../../../src/ui/i18n/reference';
import { SnapshotCache } from '../../../src/ui/store/snapshot';
import { statusOf } from '../../../src/ui/store/status';

afterEach(() => i18n.changeLanguage('en'));

/** The sentence after a run of these arms with these win rates. */
function sentence(arms: readonly { id: string; winRate: number; stage?: string; [of: string]: unknown }[]) {
  const config = labConfigSchema.parse({
    task: 'review',
    arms: arms.map(({ winRate: _, ...arm }) => ({ stage: 'dpo', name: arm.id.toUpperCase(), ...arm })),
  }) as LabConfig;
  const stages = new SnapshotCache().read(
    buildGraph(config).map((node) => {
      const arm = arms.find((a) => a.id === node.id);
      const evaluation = { gold: 0, kl: 2, winRate: arm?.winRate } as never;
      const at = { update: 1, updates: 1, samples: 1, tokens: 1, seconds: 1 };
      const run = {
        key: node.key,
        events: arm && node.stage !== 'instruct' ? [{ type: 'evaluation' as const, ...at, evaluation }] : [],
        notices: [],
        source: 'live' as const,
        seconds: 1,
        result: { artifact: {} as never, summary: {} },
      };
      return { node, status: 'done' as const, run };
    }),
    { state: 'idle', config },
  );
  const engine = { status: 'ready' } as const;
  const status = statusOf({ state: 'idle', stages, problems: [], engine, loaded: true });
  if (status.kind !== 'done') throw new Error(status.kind);
  return doneSentence(status.standings);
}

const in2 = async (of: () => string): Promise<[string, string]> => {
  await i18n.changeLanguage('en');
  const english = of();
  await i18n.changeLanguage('zh');
  return [english, of()];
};

describe('what came out, in a sentence', () => {
  it('names the opponent', async () => {
    const arms = [
      { id: 'ppo', winRate: 0.89 },
      { id: 'dpo', winRate: 0.85 },
    ];
    expect(await in2(() => sentence(arms))).toEqual([
      'Done. Wins over SFT: PPO 89 % at KL 2.0, DPO 85 % at KL 2.0.',
      '完成。对 SFT 的胜率：PPO 89 %（KL 2.0）、DPO 85 %（KL 2.0）。',
    ]);
  });

  it('never lists arms with different opponents together', async () => {
    const arms = [
      { id: 'dsft', winRate: 0.5, stage: 'probe', from: { sft: 'distil' } },
      { id: 'ddpo', winRate: 0.73, from: { sft: 'distil' } },
      { id: 'raw', winRate: 0.51, from: { sft: 'distil' }, start: 'pretrain' },
      { id: 'own', winRate: 0.72, from: { sft: 'distil' } },
    ];
    expect(await in2(() => sentence(arms))).toEqual([
      'Done. Wins over the teacher’s student: DDPO 73 % at KL 2.0, OWN 72 % at KL 2.0; over the base model: RAW 51 % at KL 2.0.',
      '完成。对教师的学生模型的胜率：DDPO 73 %（KL 2.0）、OWN 72 %（KL 2.0）；对基础模型的胜率：RAW 51 %（KL 2.0）。',
    ]);
  });

  it('names the best of many and says how many others there are', async () => {
    const arms = [0.6, 0.3, 0.92, 0.87, 0.85].map((winRate, i) => ({ id: `a${i}`, winRate }));
    const limit = { id: 'limit', stage: 'tilt', winRate: 0.94 };
    expect(await in2(() => sentence([...arms, limit]))).toEqual([
      'Done. Wins over SFT: A2 92 % at KL 2.0, 4 others 30 % to 87 %.',
      '完成。对 SFT 的胜率：A2 92 %（KL 2.0）最高，其余 4 组为 30 % 至 87 %。',
    ]);
  });

  it('stays short when every arm has an opponent of its own', async () => {
    const arms = [110, 210, 310, 410].map((steps, i) => ({
      id: `a${i}`,
      winRate: 0.6,
      trunk: { sft: { steps } },
    }));
    expect(await in2(() => sentence(arms))).toEqual([
      'Done. Wins over its own SFT: A0 60 % at KL 2.0; over its own SFT: A1 60 % at KL 2.0; 2 more against other models.',
      '完成。对自己的 SFT 的胜率：A0 60 %（KL 2.0）；对自己的 SFT 的胜率：A1 60 %（KL 2.0）；另有 2 组与其他模型比较。',
    ]);
  });

  it('points at the table where nothing is compared', () =>
    expect(sentence([{ id: 'tuned', winRate: 0.5, stage: 'instruct' }])).toBe(
      'Done. The figures are in the table.',
    ));
});

describe('a list of names', () => {
  it('names five at most', async () => {
    expect(nameList([])).toBe('');
    expect(nameList(['SFT', 'Preferences', 'Reward model', 'PPO', 'DPO'])).toBe(
      'SFT, Preferences, Reward model, PPO and DPO',
    );
    const twelve = Array.from({ length: 12 }, (_, i) => `arm ${i}`);
    expect(await in2(() => nameList(twelve))).toEqual([
      'arm 0, arm 1, arm 2, arm 3 and 8 others',
      'arm 0、arm 1、arm 2、arm 3 和另外 8 项',
    ]);
    expect(await in2(() => nameList(['DPO, β 1', 'DPO, β 0.1', 'IPO']))).toEqual([
      'DPO, β 1; DPO, β 0.1 and IPO',
      'DPO, β 1；DPO, β 0.1 和 IPO',
    ]);
    expect(await in2(() => nameList(['PPO', 'DPO']))).toEqual(['PPO and DPO', 'PPO 和 DPO']);
  });
});

describe('names of opponents', () => {
  const base = { id: 'pretrain', stage: 'pretrain', isOwn: false } as const;

  it('stand in questions and beside figures, in both languages', async () => {
    expect(await in2(() => withReference('charts.winRate.question', base))).toEqual([
      'Is its answer better than that of the base model?',
      '它的回答比基础模型的更好吗？',
    ]);
    expect(await in2(() => withReference('charts.kl.question', undefined))).toEqual([
      'Is it still the same model? KL from the model it started from',
      '还是同一个模型吗？相对它的起点模型的 KL',
    ]);
    expect(await in2(() => versus({ ...base, stage: 'sft', isOwn: true }))).toEqual([
      'vs own SFT',
      '对比自己的 SFT',
    ]);
  });

  it('have space around them in Chinese, and only there', () => {
    expect(spaced('正在训练PPO和DPO')).toBe('正在训练 PPO 和 DPO');
    expect(spaced('Training PPO and DPO.')).toBe('Training PPO and DPO.');
  });
});
