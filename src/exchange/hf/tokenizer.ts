import { z } from 'zod';
import { message, MessageError } from '../../messages';
import { BOS, EOS, PAD, SPECIAL_TOKENS, VOCABULARY } from '../../world';
import { at, bytesOfJson, jsonOfFile, type Files } from '../files';

const [PAD_TOKEN, BOS_TOKEN, EOS_TOKEN] = SPECIAL_TOKENS;

/** Words as the page reads them (`tokenizeText`): the cues whole, punctuation apart. */
const WORD = '(?:q|a|review|post|tldr):|[.,!?:]|[^\\s.,!?:]+';

const NORMALIZER = {
  type: 'Sequence',
  normalizers: [
    { type: 'NFKC' },
    { type: 'Lowercase' },
    { type: 'Replace', pattern: { String: 'tl;dr' }, content: 'tldr' },
  ],
};

const PRE_TOKENIZER = { type: 'Split', pattern: { Regex: WORD }, behavior: 'Removed', invert: true };

/** `<bos>` in front and nothing behind: with an `<eos>` of the tokenizer TRL loses the first word of every answer. */
const POST_PROCESSOR = {
  type: 'TemplateProcessing',
  single: [{ SpecialToken: { id: BOS_TOKEN, type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
  pair: [
    { SpecialToken: { id: BOS_TOKEN, type_id: 0 } },
    { Sequence: { id: 'A', type_id: 0 } },
    { Sequence: { id: 'B', type_id: 0 } },
  ],
  special_tokens: { [BOS_TOKEN]: { id: BOS_TOKEN, ids: [BOS], tokens: [BOS_TOKEN] } },
};

const PARTS = { normalizer: NORMALIZER, pre_tokenizer: PRE_TOKENIZER, post_processor: POST_PROCESSOR };

/** `tokenizer.json` (the format of Hugging Face's tokenizers) of the lab's vocabulary. */
const tokenizer = () => ({
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: SPECIAL_TOKENS.map((content, id) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  })),
  ...PARTS,
  decoder: null,
  // an unknown word needs an id inside the embedding; `<pad>` is the one that no model has learned to read
  model: {
    type: 'WordLevel',
    vocab: Object.fromEntries(VOCABULARY.map((word, id) => [word, id])),
    unk_token: PAD_TOKEN,
  },
});

/**
 * `tokenizer_config.json`. The class is named, or transformers takes GPT-2's own tokenizer for the model type; the
 * names of inputs leave `token_type_ids` out, since GPT-2 adds a word's embedding for each; spaces before punctuation
 * are part of the text.
 */
const tokenizerConfig = (nPositions: number) => ({
  tokenizer_class: 'PreTrainedTokenizerFast',
  bos_token: BOS_TOKEN,
  eos_token: EOS_TOKEN,
  pad_token: PAD_TOKEN,
  unk_token: PAD_TOKEN,
  padding_side: 'right',
  truncation_side: 'right',
  model_max_length: nPositions,
  model_input_names: ['input_ids', 'attention_mask'],
  clean_up_tokenization_spaces: false,
});

/** `tokenizer.json` and `tokenizer_config.json`. */
export const tokenizerFiles = (nPositions: number): Map<string, Uint8Array> =>
  new Map([
    ['tokenizer.json', bytesOfJson(tokenizer())],
    ['tokenizer_config.json', bytesOfJson(tokenizerConfig(nPositions))],
  ]);

export const SPECIAL_IDS = { bos_token_id: BOS, eos_token_id: EOS, pad_token_id: PAD } as const;

const schema = z.looseObject({
  normalizer: z.unknown(),
  pre_tokenizer: z.unknown(),
  post_processor: z.unknown(),
  model: z.looseObject({
    type: z.literal('WordLevel'),
    vocab: z.record(z.string(), z.number().int().min(0).max(65535)),
  }),
});

/** Makes sure that text has the lab's ids there. Throws a MessageError that names the first difference. */
export function checkTokenizer(files: Files): void {
  const file = 'tokenizer.json';
  const read = jsonOfFile(files, file, schema);
  at(file, () => {
    const words = Object.entries(read.model.vocab);
    if (words.length !== VOCABULARY.length) {
      const values = { size: words.length, expected: VOCABULARY.length };
      throw new MessageError(message('exchange.vocabularySize', values));
    }
    for (const [word, id] of words)
      if (VOCABULARY[id] !== word) {
        const values = { id, got: word.slice(0, 60), expected: VOCABULARY[id] ?? '–' };
        throw new MessageError(message('exchange.vocabulary', values));
      }
    for (const [part, ours] of Object.entries(PARTS))
      if (!isSame(read[part], ours)) throw new MessageError(message('exchange.tokenizer', { part }));
  });
}

/** That two values are the same JSON, whatever the order of names. */
function isSame(a: unknown, b: unknown): boolean {
  if (typeof b !== 'object' || b === null || typeof a !== 'object' || a === null) return a === b;
  const [left, right] = [a, b] as [Record<string, unknown>, Record<string, unknown>];
  const names = Object.keys(right);
  return (
    Array.isArray(a) === Array.isArray(b) &&
    Object.keys(left).length === names.length &&
    names.every((name) => Object.hasOwn(left, name) && isSame(left[name], right[name]))
  );
}
