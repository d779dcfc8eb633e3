import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundleFiles, SCRIPT_FILES, type Scripts } from '../../../src/exchange/trl/bundle';
import { readRun, type ExchangedRun } from '../../../src/exchange/run';
import { scripts as readScripts } from '../../../src/headless/exchange';
import { shippedRun } from '../../../src/headless/shipped-run';

describe('a bundle for TRL', { timeout: 180_000 }, () => {
  let run: ExchangedRun;
  let scripts: Scripts;
  let files: Map<string, Uint8Array>;
  beforeAll(async () => {
    run = (await shippedRun('tldr-tiny'))!;
    scripts = await readScripts();
    ({ files } = bundleFiles(run, scripts));
  }, 180_000);

  const text = (name: string) => new TextDecoder().decode(files.get(name));

  it('holds scripts, requirements, settings, models and data', () => {
    expect([...files.keys()]).toEqual(
      expect.arrayContaining([...SCRIPT_FILES, 'README.md', 'settings.json']),
    );
    for (const table of ['preferences', 'demonstrations', 'prompts'])
      for (const ending of ['jsonl', 'parquet'])
        expect(files.has(`data/${table}/train.${ending}`)).toBe(true);
    for (const model of ['pretrain', 'sft', 'reward'])
      expect(files.has(`models/${model}/model.safetensors`)).toBe(true);
    expect(text('requirements.txt')).toMatch(/^trl==1\.13/m);
    expect(text('requirements-ppo.txt')).toMatch(/^trl.*<1\.13/m);
  });

  it('says the settings of the run under TRL’s names, and lengths that the model has', () => {
    expect(JSON.parse(text('settings.json'))).toMatchObject({
      ...{ n_positions: 64, seed: 1 },
      dpo: {
        dpo: { beta: 0.5, loss_type: ['sigmoid'], loss_weights: [1], batch_size: 32, first_loss: Math.LN2 },
      },
      grpo: { ppo: { kl_coef: 0.2 } },
    });
    for (const script of ['sft', 'reward', 'dpo', 'kto'] as const)
      expect(scripts[`${script}.py`]).toContain('max_length=N_POSITIONS');
  });

  it('has a demonstration for every row that SFT learned from, and a row for every pair', () => {
    expect(text('data/demonstrations/train.jsonl').trimEnd().split('\n')).toHaveLength(100 * 32);
    expect(text('data/preferences/train.jsonl').trimEnd().split('\n')).toHaveLength(4000);
    const { train } = JSON.parse(text('data/preferences/unfinished.json')) as {
      train: Record<string, number[]>;
    };
    expect(train['rejected']!.length).toBeGreaterThan(0);
  });

  it('is read again as the run it was', async () => {
    const again = await readRun(files);
    expect(again.config).toEqual(run.config);
    expect(again.artifacts.get('sft')).toEqual(run.artifacts.get('sft'));
    expect(again.artifacts.get('reward')).toEqual(run.artifacts.get('reward'));
  });

  it('is not made of one file', async () => {
    const one = (await shippedRun('sft-tldr-tiny'))!;
    expect(() => bundleFiles(one, scripts)).toThrow(/sft-tldr-tiny is one file/);
  });
});

it('the scripts pass a reference, save, and need no GPU', async () => {
  const read = (name: string) =>
    readFile(new URL(`../../../src/exchange/trl/scripts/${name}`, import.meta.url), 'utf8');
  const common = await read('common.py');
  expect(common).toContain('"use_cpu": not torch.cuda.is_available()');
  expect(common).toContain('"bf16": False');
  for (const script of ['dpo.py', 'kto.py']) expect(await read(script)).toMatch(/ref_model=/);
});
