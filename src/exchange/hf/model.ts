import { z } from 'zod';
import { message, MessageError } from '../../messages';
import { flatWeights } from '../../model/checkpoint';
import type { GptConfig } from '../../model/config';
import { parameterLayout } from '../../model/parameters';
import { readSafetensors, writeSafetensors, type StoredTensor } from '../../model/safetensors';
import type { LanguageModelArtifact, RewardModelArtifact } from '../../pipeline/contract/artifacts';
import { at, bytesOfJson, fileOf, jsonOfFile, MOST_BYTES, type Files } from '../files';
import { configFile, generationFile, readConfig } from './config';
import { checkTokenizer, tokenizerFiles } from './tokenizer';

export type ModelArtifact = LanguageModelArtifact | RewardModelArtifact;

const WEIGHTS = 'model.safetensors';
const VALUE_HEAD = 'value_head.safetensors';
const NORMALISATION = 'normalisation.json';
const HEAD = 'score.weight';
const BIAS = 'score.bias';

/** Read by transformers: the framework whose orientation the matrices have. */
const METADATA = { format: 'pt' };

/**
 * A model in the layout of GPT-2 on the Hugging Face Hub: weights, configuration and tokenizer. A language model has
 * no `lm_head`, which would untie it; the value head of one that PPO has trained lies in `value_head.safetensors`. A
 * reward model is a `GPT2ForSequenceClassification`, which knows no bias: the bias is folded into the mean that is
 * written to `normalisation.json`, so that (logit − mean) / deviation is the lab's score.
 */
export function modelFiles(artifact: ModelArtifact, maxNewTokens?: number): Map<string, Uint8Array> {
  const { config, weights } = artifact;
  const isReward = artifact.kind === 'reward';
  const tensors = tensorsOf(config, weights);
  const head = new Map([HEAD, BIAS].map((name) => [name, tensors.get(name)!]));
  for (const name of isReward ? [BIAS] : [HEAD, BIAS]) tensors.delete(name);
  const files = new Map<string, Uint8Array>([
    ['config.json', configFile(config, isReward)],
    [WEIGHTS, writeSafetensors({ tensors, metadata: METADATA })],
    ...tokenizerFiles(config.nPositions),
  ]);
  if (artifact.kind === 'reward') {
    const bias = head.get(BIAS)!.data[0]!;
    const { mean, deviation } = artifact;
    files.set(NORMALISATION, bytesOfJson({ mean: mean - bias, deviation, lab: { mean, bias } }));
  } else {
    files.set('generation_config.json', generationFile(config.nPositions, maxNewTokens));
    if ([...head.values()].some(({ data }) => data.some((x: number) => x !== 0)))
      files.set(VALUE_HEAD, writeSafetensors({ tensors: head, metadata: METADATA }));
  }
  return files;
}

const tensorsOf = (config: GptConfig, weights: Float32Array): Map<string, StoredTensor> =>
  new Map(
    parameterLayout(config).map(({ name, shape, offset, size }) => [
      name,
      { dtype: 'F32', shape, data: weights.subarray(offset, offset + size) },
    ]),
  );

const normalisationSchema = z.strictObject({
  /** Of logits: the lab's bias folded in. */
  mean: z.number(),
  deviation: z.number().positive(),
  /** As the lab has it, whose scores have a bias. */
  lab: z.strictObject({ mean: z.number(), bias: z.number() }).optional(),
});

/** Mean, deviation and bias of the lab. */
function normalisationOf(files: Files): { mean: number; deviation: number; bias: number } {
  if (!files.has(NORMALISATION)) return { mean: 0, deviation: 1, bias: 0 };
  const { mean, deviation, lab } = jsonOfFile(files, NORMALISATION, normalisationSchema);
  if (!lab) return { mean, deviation, bias: 0 };
  if (Math.abs(lab.mean - lab.bias - mean) > 1e-6 * deviation) {
    const values = { name: 'mean', got: String(mean), expected: String(lab.mean - lab.bias) };
    throw new MessageError(
      message('at', { path: NORMALISATION, problem: message('exchange.differs', values) }),
    );
  }
  return { ...lab, deviation };
}

/**
 * Reads what modelFiles wrote, or what transformers saved of it after more training. Throws a MessageError that names
 * the file and the field.
 */
export function readModel(files: Files): ModelArtifact {
  const config = readConfig(files);
  checkTokenizer(files);
  const tensors = safetensorsOf(files, WEIGHTS);
  const isReward = tensors.has(HEAD);
  if (!isReward && files.has(VALUE_HEAD))
    for (const [name, tensor] of safetensorsOf(files, VALUE_HEAD)) tensors.set(name, tensor);
  const { mean, deviation, bias } = isReward ? normalisationOf(files) : { mean: 0, deviation: 1, bias: 0 };
  const zeros = (size: number) => new Float32Array(size);
  if (!tensors.has(HEAD))
    tensors.set(HEAD, { dtype: 'F32', shape: [1, config.nEmbd], data: zeros(config.nEmbd) });
  if (!tensors.has(BIAS)) tensors.set(BIAS, { dtype: 'F32', shape: [1], data: Float32Array.of(bias) });
  const weights = at(WEIGHTS, () => flatWeights(config, tensors));
  return isReward ? { kind: 'reward', config, weights, mean, deviation } : { kind: 'model', config, weights };
}

/** The tensors of a file, without a head that is stored though it is tied: it has to be the embedding. */
function safetensorsOf(files: Files, file: string): Map<string, StoredTensor> {
  const bytes = fileOf(files, file, MOST_BYTES.weights);
  return at(file, () => {
    const { tensors } = readSafetensors(bytes);
    const [head, embedding] = [tensors.get('lm_head.weight'), tensors.get('transformer.wte.weight')];
    if (head && embedding) {
      const isTied =
        head.data.length === embedding.data.length && head.data.every((x, i) => x === embedding.data[i]);
      if (!isTied) throw new MessageError(message('exchange.untied', {}));
      tensors.delete('lm_head.weight');
    }
    return tensors;
  });
}
