import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../../src/engine/create';
import { readModel } from '../../../src/exchange/hf/model';
import { bundleFiles } from '../../../src/exchange/trl/bundle';
import type { ExchangedRun } from '../../../src/exchange/run';
import { scripts } from '../../../src/headless/exchange';
import { readTree } from '../../../src/headless/folders';
import { shippedRun } from '../../../src/headless/shipped-run';
import type {
  LanguageModelArtifact,
  PackedPreferencesArtifact,
} from '../../../src/pipeline/contract/artifacts';
import { unpackPreferences } from '../../../src/pipeline/contract/packed-preferences';
import { DEFAULT_EVALUATION, type PreferencePair } from '../../../src/pipeline/contract/stage';
import { defaultSettings } from '../../../src/pipeline/lab/config';
import type { DpoSettings } from '../../../src/pipeline/stages/dpo';
import type { SftSettings } from '../../../src/pipeline/stages/sft';
import { trainOnPairs } from '../../../src/pipeline/training/pairs';
import { demonstrations } from '../../../src/pipeline/data/demonstrations';
import { sequence } from '../../../src/pipeline/data/tokens';
import { maskedMean } from '../../../src/pipeline/maths/matrix';
import { rngFrom } from '../../../src/random/rng';
import { reviewTask } from '../../../src/world';
import { PYTHON, python, WHY_SKIPPED, writeFiles } from '../python';

type Log = Record<string, number>;

/** Ids of prompt and answers as TRL makes them of a bundle's rows. */
const IDS = `
import json
from common import common_args, in_order, language_model, SETTINGS, table, tokenizer_of, without_added_eos
from trl import DPOConfig, DPOTrainer
tokenizer = tokenizer_of("models/sft")
data = table("preferences")
args = DPOConfig(**common_args("out/ids", {"steps": 1, "learning_rate": 0.0}), max_length=SETTINGS["n_positions"])
trainer = DPOTrainer(model=language_model("models/sft"), ref_model=language_model("models/sft"), args=args,
                     train_dataset=data, processing_class=tokenizer)
columns = {"chosen": "chosen_ids", "rejected": "rejected_ids"}
rows = without_added_eos(trainer.train_dataset, range(len(data)), "preferences", columns, tokenizer.eos_token_id)
json.dump([[r["prompt_ids"], r["chosen_ids"], r["rejected_ids"]] for r in rows], open("ids.json", "w"))
`;

/** Both forms of a table, as datasets reads them. */
const TABLES = `
from common import table
from datasets import load_dataset
for name, columns in {"preferences": ["prompt", "chosen", "rejected"], "demonstrations": ["prompt", "completion"],
                      "prompts": ["prompt"]}.items():
    lines = table(name)
    rows = load_dataset("parquet", data_files=f"data/{name}/train.parquet", split="train")
    assert lines.column_names == rows.column_names == columns, (lines, rows)
    assert {str(feature.dtype) for feature in rows.features.values()} == {"string"}, rows.features
    assert lines.to_list() == rows.to_list(), name
`;

/** Loss of the base model on SFT's first batch, nats per predicted token. */
async function firstSftLoss({ artifacts }: ExchangedRun): Promise<number> {
  const { config, weights } = artifacts.get('pretrain') as LanguageModelArtifact;
  const { engine } = await createEngine('wasm');
  const settings = defaultSettings('review', 'sft') as unknown as SftSettings;
  const next = demonstrations(reviewTask, rngFrom(1, 'review', 'sft', 'data'), settings);
  const batch = Array.from({ length: settings.batchSize }, next).map((d) => sequence(d.prompt, d.completion));
  const { logProbs, mask } = await engine.createModel(config, weights).evaluate(batch, { logProbs: true });
  engine.dispose();
  return -maskedMean(logProbs!, mask);
}

describe.skipIf(!PYTHON)(
  `a bundle in TRL 1.13 (${PYTHON ? 'run' : WHY_SKIPPED})`,
  { timeout: 900_000 },
  () => {
    let folder: string;
    let run: ExchangedRun;
    let pairs: PreferencePair[];

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'alignlet-trl-'));
      run = (await shippedRun('review-tiny'))!;
      pairs = unpackPreferences((run.artifacts.get('preferences') as PackedPreferencesArtifact).bytes).pairs;
      await writeFiles(folder, bundleFiles(run, await scripts()).files);
    });
    afterAll(() => rm(folder, { recursive: true, force: true }));

    const logs = async (script: string): Promise<Log[]> =>
      (
        JSON.parse(await readFile(join(folder, 'out', script, 'trainer_state.json'), 'utf8')) as {
          log_history: Log[];
        }
      ).log_history;

    it('has the same tables as JSONL and as parquet', () => python(folder, ['-c', TABLES]));

    it('gives prompt and answers the lab’s ids, row by row', async () => {
      await python(folder, ['-c', IDS]);
      const ids = JSON.parse(await readFile(join(folder, 'ids.json'), 'utf8')) as number[][][];
      expect(ids).toEqual(pairs.map(({ prompt, chosen, rejected }) => [prompt, chosen, rejected]));
    });

    it('trains DPO to the lab’s margins and accuracies, 120 steps, within 1e-3', async () => {
      await python(folder, ['dpo.py']);
      const { engine } = await createEngine('wasm');
      const sft = run.artifacts.get('sft') as LanguageModelArtifact;
      const [policy, reference] = [0, 1].map(() => engine.createModel(sft.config, sft.weights));
      const context = {
        engine,
        size: 'tiny',
        task: reviewTask,
        seed: 1,
        evaluation: DEFAULT_EVALUATION,
      } as const;
      const settings = defaultSettings('review', 'dpo') as unknown as DpoSettings;
      const theirs = (await logs('dpo')).filter((log) => 'rewards/margins' in log);
      let update = 0;
      for await (const row of trainOnPairs(context, 'dpo', settings, pairs, policy!, reference!)) {
        const log = theirs[update]!;
        expect(log['step']).toBe(++update);
        expect(Math.abs(log['loss']! - row.metrics['loss']!)).toBeLessThan(1e-3);
        expect(Math.abs(log['rewards/margins']! - row.metrics['rewards/margins']!)).toBeLessThan(1e-3);
        if (update > 1)
          // a tie counts as wrong there and half here
          expect(Math.abs(log['rewards/accuracies']! - row.metrics['rewards/accuracies']!)).toBeLessThan(
            1e-3,
          );
      }
      expect(update).toBe(120);
      engine.dispose();
      const trained = readModel(await readTree(join(folder, 'out', 'dpo')));
      expect(trained.kind).toBe('model');
    });

    it.each(['sft', 'reward', 'kto', 'grpo', 'rloo'])('runs %s.py on the CPU', async (script) => {
      const out = await python(folder, [`${script}.py`, '--steps', '2']);
      expect(out).toContain('saved to');
      if (script === 'sft') {
        const printed = Number(/^step 1: loss per predicted token (\S+)/m.exec(out)?.[1]);
        expect(Math.abs(printed - (await firstSftLoss(run)))).toBeLessThan(1e-4);
      }
      expect(readModel(await readTree(join(folder, 'out', script))).kind).toBe(
        script === 'reward' ? 'reward' : 'model',
      );
    });

    it('says that PPO is gone', async () => {
      await expect(python(folder, ['ppo.py'])).rejects.toThrow(/no PPO any more/);
    });
  },
);
