import { beforeAll, describe, expect, it } from 'vitest';
import { bytesOfJson } from '../../../src/exchange/files';
import { modelFiles, readModel } from '../../../src/exchange/hf/model';
import { MODEL_SIZES, type GptConfig } from '../../../src/model/config';
import { parameterLayout } from '../../../src/model/parameters';
import { readSafetensors, writeSafetensors, type StoredTensor } from '../../../src/model/safetensors';
import { VOCABULARY_SIZE } from '../../../src/model/tokens';
import type { LanguageModelArtifact, RewardModelArtifact } from '../../../src/pipeline/contract/artifacts';
import { busyWeights } from '../../support/engines';

const config: GptConfig = { ...MODEL_SIZES.nano, vocabSize: VOCABULARY_SIZE };
const model: LanguageModelArtifact = { kind: 'model', config, weights: busyWeights(config, 1) };
const reward: RewardModelArtifact = {
  kind: 'reward',
  config,
  weights: busyWeights(config, 2),
  mean: -0.6593027,
  deviation: 2.48,
};

const jsonIn = (files: ReadonlyMap<string, Uint8Array>, name: string) =>
  JSON.parse(new TextDecoder().decode(files.get(name))) as Record<string, unknown>;

describe('a language model as a GPT-2 folder', () => {
  const files = modelFiles(model, 24);

  it('comes back bit for bit, value head included', () => {
    expect(files.has('value_head.safetensors')).toBe(true);
    expect(readModel(files)).toEqual(model);
  });

  it('says what transformers would get wrong by itself', () => {
    expect(jsonIn(files, 'config.json')).toMatchObject({
      architectures: ['GPT2LMHeadModel'],
      ...{ bos_token_id: 1, eos_token_id: 2, pad_token_id: 0 },
      ...{ attn_pdrop: 0, embd_pdrop: 0, resid_pdrop: 0, dtype: 'float32', n_positions: 64 },
    });
    expect(jsonIn(files, 'generation_config.json')).toMatchObject({
      eos_token_id: 2,
      suppress_tokens: [0],
      max_new_tokens: 24,
    });
    expect(jsonIn(files, 'tokenizer_config.json')).toMatchObject({
      ...{ tokenizer_class: 'PreTrainedTokenizerFast', unk_token: '<pad>', padding_side: 'right' },
      ...{ clean_up_tokenization_spaces: false, model_input_names: ['input_ids', 'attention_mask'] },
    });
    const { post_processor: added } = jsonIn(files, 'tokenizer.json');
    expect(JSON.stringify(added)).toContain('<bos>');
    expect(JSON.stringify(added)).not.toContain('<eos>');
  });

  it('holds 32-bit tensors of the published names and no head of its own', () => {
    const { tensors, metadata } = readSafetensors(files.get('model.safetensors')!);
    const names = parameterLayout(config).map(({ name }) => name);
    expect([...tensors.keys()]).toEqual(names.filter((name) => !name.startsWith('score.')));
    expect(new Set([...tensors.values()].map(({ dtype }) => dtype))).toEqual(new Set(['F32']));
    expect(metadata).toEqual({ format: 'pt' });
  });
});

describe('a reward model as a sequence classifier', () => {
  const files = modelFiles(reward);

  it('comes back bit for bit', () => expect(readModel(files)).toEqual(reward));

  it('has no bias: it is folded into the mean', () => {
    const { tensors } = readSafetensors(files.get('model.safetensors')!);
    expect(tensors.has('score.bias')).toBe(false);
    expect(tensors.get('score.weight')!.shape).toEqual([1, config.nEmbd]);
    const bias = reward.weights[parameterLayout(config).find(({ name }) => name === 'score.bias')!.offset]!;
    expect(bias).not.toBe(0);
    expect(jsonIn(files, 'normalisation.json')).toMatchObject({ mean: reward.mean - bias, deviation: 2.48 });
    expect(jsonIn(files, 'config.json')).toMatchObject({
      ...{ architectures: ['GPT2ForSequenceClassification'], num_labels: 1, pad_token_id: 0 },
    });
  });

  it('without its normalisation has mean 0 and deviation 1', () => {
    const plain = new Map(files);
    plain.delete('normalisation.json');
    expect(readModel(plain)).toMatchObject({ kind: 'reward', mean: 0, deviation: 1 });
  });
});

describe('a folder that is wrong', () => {
  let files: Map<string, Uint8Array>;
  beforeAll(() => (files = modelFiles(model)));

  const withConfig = (change: object) => {
    const changed = new Map(files);
    return changed.set('config.json', bytesOfJson({ ...jsonIn(files, 'config.json'), ...change }));
  };
  const withTensors = (change: (tensors: Map<string, StoredTensor>) => void) => {
    const { tensors, metadata } = readSafetensors(files.get('model.safetensors')!);
    change(tensors);
    return new Map(files).set('model.safetensors', writeSafetensors({ tensors, metadata }));
  };
  const without = (name: string) => new Map([...files].filter(([file]) => file !== name));

  it.each<[string, () => Map<string, Uint8Array>, RegExp]>([
    ['no configuration', () => without('config.json'), /^config\.json is missing$/],
    ['no weights', () => without('model.safetensors'), /^model\.safetensors is missing$/],
    ['no tokenizer', () => without('tokenizer.json'), /^tokenizer\.json is missing$/],
    [
      'another kind',
      () => withConfig({ model_type: 'llama' }),
      /^config\.json: model_type: must be one of gpt2/,
    ],
    [
      'a head count that does not divide',
      () => withConfig({ n_head: 5 }),
      /^config\.json: n_head 5 does not divide/,
    ],
    ['a huge width', () => withConfig({ n_embd: 1e9 }), /^config\.json: n_embd: .*8192/],
    ['GPT-2’s own ids', () => withConfig({ eos_token_id: 50256 }), /^config\.json: eos_token_id: /],
    ['an inner width of its own', () => withConfig({ n_inner: 3 }), /^config\.json: n_inner is 3/],
    [
      'another activation',
      () => withConfig({ activation_function: 'relu' }),
      /activation_function: .*gelu_new/,
    ],
    [
      'another vocabulary size',
      () => withConfig({ vocab_size: 50257 }),
      /^config\.json: the vocabulary has 50257/,
    ],
    [
      'text that is no JSON',
      () => new Map(files).set('config.json', new TextEncoder().encode('{')),
      /not JSON/,
    ],
    ['text that is no text', () => new Map(files).set('config.json', Uint8Array.of(0xff)), /not UTF-8/],
    [
      'a cut file',
      () => new Map(files).set('model.safetensors', files.get('model.safetensors')!.slice(0, 2000)),
      /^model\.safetensors: .*truncated/,
    ],
    [
      'a missing tensor',
      () => withTensors((t) => void t.delete('transformer.wpe.weight')),
      /^model\.safetensors: tensor 'transformer\.wpe\.weight' is missing/,
    ],
    [
      'a tensor too many',
      () => withTensors((t) => t.set('a', { dtype: 'F32', shape: [1], data: Float32Array.of(1) })),
      /unexpected tensor 'a'/,
    ],
    [
      'NaN',
      () =>
        withTensors((t) => {
          t.get('transformer.wte.weight')!.data[3] = NaN;
        }),
      /'transformer\.wte\.weight' holds NaN at index 3/,
    ],
    [
      'another shape',
      () =>
        withTensors((t) =>
          t.set('transformer.ln_f.bias', { dtype: 'F32', shape: [1], data: Float32Array.of(1) }),
        ),
      /'transformer\.ln_f\.bias' has shape \[1\]/,
    ],
    [
      'a head of its own',
      () =>
        withTensors((t) => {
          const { shape, data } = t.get('transformer.wte.weight')!;
          t.set('lm_head.weight', { dtype: 'F32', shape, data: Float32Array.from(data, (x) => x + 1) });
        }),
      /lm_head\.weight is not the embedding/,
    ],
    [
      'another word',
      () =>
        new Map(files).set(
          'tokenizer.json',
          new TextEncoder().encode(
            new TextDecoder().decode(files.get('tokenizer.json')).replace('"the"', '"zebra"'),
          ),
        ),
      /^tokenizer\.json: token \d+ is zebra, in this lab the/,
    ],
    [
      'another pre-tokenizer',
      () =>
        new Map(files).set(
          'tokenizer.json',
          bytesOfJson({ ...jsonIn(files, 'tokenizer.json'), pre_tokenizer: { type: 'WhitespaceSplit' } }),
        ),
      /^tokenizer\.json: pre_tokenizer is not the lab’s/,
    ],
  ])('with %s says so', (_, wrong, expected) => {
    expect(() => readModel(wrong())).toThrow(expected);
  });

  it('with half precision is read, and a stored head that is the embedding does not matter', () => {
    const half = withTensors((t) => {
      for (const [name, tensor] of t) t.set(name, { ...tensor, dtype: 'F16' });
      t.set('lm_head.weight', t.get('transformer.wte.weight')!);
    });
    expect(readModel(half).kind).toBe('model');
  });
});
