import {
  AutoModelForCausalLM,
  AutoTokenizer,
  env,
  type PreTrainedTokenizer,
} from '@huggingface/transformers';
import wasmModule from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import { beforeAll, describe, expect, it } from 'vitest';
import { shippedResults } from '../../../../src/checkpoints/shipped';
import { createEngine } from '../../../../src/engine/create';
import { modelFiles } from '../../../../src/exchange/hf/model';
import { onnxFile } from '../../../../src/exchange/onnx/gpt2';
import { answerText, promptText } from '../../../../src/exchange/text';
import type { LanguageModelArtifact } from '../../../../src/pipeline/contract/artifacts';
import { defaultLabConfig } from '../../../../src/pipeline/lab/config';
import { buildGraph } from '../../../../src/pipeline/lab/graph';
import { drawPrompts } from '../../../../src/pipeline/data/tokens';
import { greedyAnswers } from '../../../../src/pipeline/measures/greedy';
import { rngFrom } from '../../../../src/random/rng';
import { chatTask, decode, detokenize, encode, PAD, tokenizeText, VOCABULARY } from '../../../../src/world';

/** What of a tensor is read here. */
interface Numbers {
  data: ArrayLike<number | bigint>;
  dims: number[];
}

const { ids: prompts } = drawPrompts(chatTask, rngFrom(1, 'export'), 'heldOut', 20);

describe('a language model in @huggingface/transformers', () => {
  let tokenizer: PreTrainedTokenizer;
  let artifact: LanguageModelArtifact;

  beforeAll(async () => {
    const { key } = buildGraph(defaultLabConfig('chat')).find(({ id }) => id === 'sft')!;
    artifact = (await shippedResults.get(key))!.artifact as LanguageModelArtifact;
    const files: Map<string, Uint8Array> = modelFiles(artifact, chatTask.maxNewTokens);
    files.set('onnx/model.onnx', onnxFile(artifact));
    env.allowRemoteModels = false;
    env.allowLocalModels = true;
    env.localModelPath = '/exported/';
    env.useBrowserCache = false;
    env.useWasmCache = false;
    env.fetch = (input: string | URL) => {
      const file = files.get(String(input).split('/exported/lab/')[1] ?? '');
      return Promise.resolve(new Response(file ? file.slice() : null, { status: file ? 200 : 404 }));
    };
    env.backends.onnx.wasm!.wasmPaths = { mjs: wasmModule, wasm };
    env.backends.onnx.wasm!.numThreads = 1;
    tokenizer = await AutoTokenizer.from_pretrained('lab');
  });

  const idsOf = (text: string): number[] => tokenizer.encode(text);

  it('gives text the lab’s ids and ids their text, in the lab’s way of writing and in a person’s', () => {
    for (const prompt of prompts) {
      expect(idsOf(promptText(prompt))).toEqual(prompt);
      expect(tokenizer.decode(prompt, { skip_special_tokens: true })).toBe(promptText(prompt));
      const typed = detokenize(decode(prompt.slice(1)));
      expect(idsOf(typed.toUpperCase())).toEqual([1, ...encode(tokenizeText(typed).words)]);
    }
    const words = VOCABULARY.slice(3);
    expect(idsOf(words.join(' '))).toEqual([1, ...encode(words)]);
    expect(tokenizer.decode(encode(words))).toBe(words.join(' '));
  });

  it('gives an unknown word the id of <pad>, and special tokens their own', () => {
    expect(idsOf('hello zebrafish <eos>')).toEqual([1, ...encode(['hello']), PAD, 2]);
  });

  it('has the lab’s logits within 1e-4 and its greedy answers', async () => {
    const model = await AutoModelForCausalLM.from_pretrained('lab', { dtype: 'fp32', device: 'wasm' });
    const { engine } = await createEngine('wasm');
    const ours = engine.createModel(artifact.config, artifact.weights);
    try {
      const answers = await greedyAnswers(ours, prompts, chatTask.maxNewTokens);
      let furthest = 0;
      for (const [i, prompt] of prompts.entries()) {
        const inputs = tokenizer(promptText(prompt));
        const { logits } = (await model(inputs)) as { logits: Numbers };
        const { data, cols } = await ours.nextLogits([{ ids: prompt, start: prompt.length }]);
        expect(logits.dims).toEqual([1, prompt.length, cols]);
        const last = Array.from(logits.data).slice(-cols).map(Number);
        for (let v = 0; v < cols; v++) furthest = Math.max(furthest, Math.abs(last[v]! - data[v]!));
        const out = (await model.generate({ ...inputs, do_sample: false } as never)) as unknown as Numbers;
        const ids = Array.from(out.data, Number).slice(prompt.length);
        expect(ids).toEqual(answers[i]);
        expect(tokenizer.decode(ids, { skip_special_tokens: true })).toBe(
          answerText(answers[i]!).trimStart(),
        );
      }
      expect(furthest).toBeLessThan(1e-4);
      expect(furthest).toBeGreaterThan(0); // another implementation
    } finally {
      ours.dispose();
      engine.dispose();
    }
  });
});
