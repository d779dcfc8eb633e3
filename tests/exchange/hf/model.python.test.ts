import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../../src/engine/create';
import { PREFIX_MASK } from '../../../src/exchange/hf/card';
import { modelFiles, readModel } from '../../../src/exchange/hf/model';
import { bytesOfJson, within } from '../../../src/exchange/files';
import { answerText, promptText } from '../../../src/exchange/text';
import { readTree } from '../../../src/headless/folders';
import { shippedRun } from '../../../src/headless/shipped-run';
import type { LanguageModelArtifact, RewardModelArtifact } from '../../../src/pipeline/contract/artifacts';
import { drawPrompts, sequence } from '../../../src/pipeline/data/tokens';
import { greedyAnswers } from '../../../src/pipeline/measures/greedy';
import { rngFrom } from '../../../src/random/rng';
import { chatTask, decode, detokenize, encode, tokenizeText } from '../../../src/world';
import { PYTHON, python, WHY_SKIPPED, writeFiles } from '../python';

const SCRIPT = `${PREFIX_MASK.join('\n')}
import json, torch
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification, AutoTokenizer
given = json.load(open("given.json"))
tokenizer = AutoTokenizer.from_pretrained("sft")
model, info = AutoModelForCausalLM.from_pretrained("sft", output_loading_info=True)
assert not info["missing_keys"] and not info["unexpected_keys"], info
assert model.lm_head.weight.data_ptr() == model.transformer.wte.weight.data_ptr() and model.dtype == torch.float32
out = {"ids": [tokenizer(text)["input_ids"] for text in given["texts"]], "logits": [], "greedy": []}
out["decoded"] = [tokenizer.decode(ids, skip_special_tokens=True) for ids in out["ids"]]
for text in given["prompts"]:
    inputs = tokenizer(text, return_tensors="pt")
    with torch.no_grad():
        out["logits"].append(model(**inputs).logits[0, -1].tolist())
    out["greedy"].append(model.generate(**inputs, do_sample=False)[0, inputs["input_ids"].shape[1]:].tolist())
out["prefix"] = []
for text in given["prompts"]:
    ids = tokenizer(text, return_tensors="pt")["input_ids"]
    for attention in ["eager", "sdpa"]:
        model.set_attn_implementation(attention)
        with torch.no_grad():
            mask = prefix_mask(ids.shape[1], ids.shape[1])
            out["prefix"].append(model(input_ids=ids, attention_mask=mask, use_cache=False).logits[0, -1].tolist())
reward, info = AutoModelForSequenceClassification.from_pretrained("reward", output_loading_info=True)
assert not info["missing_keys"] and not info["unexpected_keys"], info
scale = json.load(open("reward/normalisation.json"))
with torch.no_grad():
    batch = tokenizer(given["answers"], return_tensors="pt", padding=True)
    out["scores"] = ((reward(**batch).logits[:, 0] - scale["mean"]) / scale["deviation"]).tolist()
json.dump(out, open("out.json", "w"))
tokenizer.save_pretrained("saved")
model.save_pretrained("saved")
`;

interface Output {
  ids: number[][];
  decoded: string[];
  logits: number[][];
  greedy: number[][];
  scores: number[];
  /** Of each prompt both ways, with eager attention and with sdpa. */
  prefix: number[][];
}

describe.skipIf(!PYTHON)(`exported models in transformers 5.18 (${PYTHON ? 'run' : WHY_SKIPPED})`, () => {
  let folder: string;
  let out: Output;
  let sft: LanguageModelArtifact;
  let reward: RewardModelArtifact;
  const { ids: prompts } = drawPrompts(chatTask, rngFrom(1, 'export'), 'heldOut', 20);
  const typed = prompts.map((prompt) => detokenize(decode(prompt.slice(1))).toUpperCase());
  let answers: number[][];
  let logits: Float32Array[];
  let scores: number[];
  let twoWay: Float32Array[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'alignlet-python-'));
    const run = (await shippedRun('chat-tiny'))!;
    sft = run.artifacts.get('sft') as LanguageModelArtifact;
    reward = run.artifacts.get('reward') as RewardModelArtifact;
    const { engine } = await createEngine('wasm');
    const [policy, judge] = [sft, reward].map(({ config, weights }) => engine.createModel(config, weights));
    answers = await greedyAnswers(policy!, prompts, chatTask.maxNewTokens);
    logits = await Promise.all(
      prompts.map(
        async (ids) => (await policy!.nextLogits([{ ids, start: ids.length }])).data as Float32Array,
      ),
    );
    twoWay = await Promise.all(
      prompts.map(
        async (ids) =>
          (await policy!.nextLogits([{ ids, start: ids.length, prefix: ids.length }])).data as Float32Array,
      ),
    );
    const judged = await judge!.evaluate(
      prompts.map((p, i) => sequence(p, answers[i]!)),
      { scores: true },
    );
    scores = Array.from(judged.scores!, (s) => (s - reward.mean) / reward.deviation);
    engine.dispose();
    await writeFiles(
      folder,
      new Map([
        ...within('sft', modelFiles(sft, chatTask.maxNewTokens)),
        ...within('reward', modelFiles(reward)),
        [
          'given.json',
          bytesOfJson({
            texts: [...prompts.map(promptText), ...typed],
            prompts: prompts.map(promptText),
            answers: prompts.map(
              (p, i) => promptText(p) + answerText(answers[i]!) + (answers[i]!.at(-1) === 2 ? ' <eos>' : ''),
            ),
          }),
        ],
      ]),
    );
    await python(folder, ['-c', SCRIPT]);
    out = JSON.parse(await readFile(join(folder, 'out.json'), 'utf8')) as Output;
  }, 600_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('have the same ids for text, and text for ids', () => {
    expect(out.ids).toEqual([...prompts, ...typed.map((text) => [1, ...encode(tokenizeText(text).words)])]);
    expect(out.decoded.slice(0, prompts.length)).toEqual(prompts.map(promptText));
  });

  it('have the same logits within 1e-4, answers and scores', () => {
    const furthest = Math.max(
      ...logits.flatMap((row, i) => Array.from(row, (x, v) => Math.abs(x - out.logits[i]![v]!))),
    );
    expect(furthest).toBeLessThan(1e-4);
    expect(out.greedy).toEqual(answers);
    scores.forEach((score, i) => expect(out.scores[i]).toBeCloseTo(score, 4));
  });

  it('have the same logits with the prefix mask of the card', () => {
    const differences = twoWay.flatMap((row, i) =>
      [0, 1].flatMap((k) => Array.from(row, (x, v) => Math.abs(x - out.prefix[2 * i + k]![v]!))),
    );
    expect(Math.max(...differences)).toBeLessThan(1e-4);
    expect(Math.abs(twoWay[0]![5]! - logits[0]![5]!)).toBeGreaterThan(1e-3); // it makes a difference
  });

  it('come back bit for bit as transformers has saved them', async () => {
    expect(readModel(await readTree(join(folder, 'saved')))).toEqual({ ...sft, kind: 'model' });
  });
});
