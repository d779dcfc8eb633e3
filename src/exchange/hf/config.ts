import { z } from 'zod';
import { message, MessageError } from '../../messages';
import type { GptConfig } from '../../model/config';
import { VOCABULARY } from '../../world';
import { at, bytesOfJson, jsonOfFile, type Files } from '../files';
import { SPECIAL_IDS } from './tokenizer';

/** The version of transformers that these files were checked with. */
export const TRANSFORMERS = '5.18.0';

/**
 * `config.json` of a GPT-2. The ids are the lab's (GPT-2's own default, 50256, would never come and generation never
 * end), dropout is 0 (GRPO and RLOO would train with it), the head is tied, and the one dtype is named.
 */
export const configFile = ({ vocabSize, nPositions, nEmbd, nLayer, nHead }: GptConfig, isReward: boolean) =>
  bytesOfJson({
    architectures: [isReward ? 'GPT2ForSequenceClassification' : 'GPT2LMHeadModel'],
    model_type: 'gpt2',
    vocab_size: vocabSize,
    n_positions: nPositions,
    n_ctx: nPositions,
    n_embd: nEmbd,
    n_layer: nLayer,
    n_head: nHead,
    n_inner: null,
    activation_function: 'gelu_new',
    layer_norm_epsilon: 1e-5,
    resid_pdrop: 0,
    embd_pdrop: 0,
    attn_pdrop: 0,
    summary_first_dropout: 0,
    initializer_range: 0.02,
    scale_attn_weights: true,
    tie_word_embeddings: true,
    use_cache: true,
    ...SPECIAL_IDS,
    tokenizer_class: 'PreTrainedTokenizerFast',
    ...(isReward ? { num_labels: 1, id2label: { 0: 'score' }, label2id: { score: 0 } } : {}),
    dtype: 'float32',
    transformers_version: TRANSFORMERS,
  });

/** `generation_config.json`: samples as the lab does, at temperature 1 from all tokens but `<pad>`. */
export const generationFile = (nPositions: number, maxNewTokens?: number) =>
  bytesOfJson({
    ...SPECIAL_IDS,
    do_sample: true,
    temperature: 1,
    top_k: 0,
    top_p: 1,
    suppress_tokens: [SPECIAL_IDS.pad_token_id],
    ...(maxNewTokens === undefined ? { max_length: nPositions } : { max_new_tokens: maxNewTokens }),
    transformers_version: TRANSFORMERS,
  });

const count = (most: number) => z.number().int().min(1).max(most);

/** What of a GPT-2 the lab can be: what is not said has GPT-2's default, which is the lab's. */
const schema = z.looseObject({
  model_type: z.literal('gpt2'),
  vocab_size: count(65536),
  n_positions: count(65536),
  n_embd: count(8192),
  n_layer: count(256),
  n_head: count(256),
  n_inner: z.number().nullish(),
  activation_function: z.literal('gelu_new').optional(),
  layer_norm_epsilon: z.literal(1e-5).optional(),
  scale_attn_weights: z.literal(true).optional(),
  scale_attn_by_inverse_layer_idx: z.literal(false).optional(),
  add_cross_attention: z.literal(false).optional(),
  tie_word_embeddings: z.literal(true).optional(),
  num_labels: z.literal(1).optional(),
  bos_token_id: z.literal(SPECIAL_IDS.bos_token_id),
  eos_token_id: z.literal(SPECIAL_IDS.eos_token_id),
  pad_token_id: z.literal(SPECIAL_IDS.pad_token_id),
});

/** The shape in `config.json`. Throws a MessageError that names the field. */
export function readConfig(files: Files): GptConfig {
  const file = 'config.json';
  const read = jsonOfFile(files, file, schema);
  return at(file, () => {
    const { n_embd: nEmbd, n_head: nHead, n_inner: inner } = read;
    if (inner !== null && inner !== undefined && inner !== 4 * nEmbd) {
      const values = { name: 'n_inner', got: String(inner), expected: String(4 * nEmbd) };
      throw new MessageError(message('exchange.differs', values));
    }
    if (nEmbd % nHead !== 0)
      throw new MessageError(message('checkpoint.heads', { heads: nHead, width: nEmbd }));
    const { vocab_size: vocabSize, n_positions: nPositions, n_layer: nLayer } = read;
    if (vocabSize !== VOCABULARY.length) {
      const values = { size: vocabSize, expected: VOCABULARY.length };
      throw new MessageError(message('exchange.vocabularySize', values));
    }
    return { vocabSize, nPositions, nEmbd, nLayer, nHead };
  });
}
