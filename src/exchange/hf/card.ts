import { parameterCount } from '../../model/parameters';
import type { GraphNode } from '../../pipeline/lab/graph';
import { bytesOfText } from '../files';
import { TRANSFORMERS } from './config';
import type { ModelArtifact } from './model';

/** The version of @huggingface/transformers that the ONNX files were checked with. */
export const TRANSFORMERS_JS = '4.3.1';

interface Origin {
  name: string;
  config: { task: string };
  figures: Record<string, Record<string, number>>;
}

/** A model card: what it is, how it was made, how to use it, and what it is not good for. */
export function cardFile(
  { name, config: { task }, figures }: Origin,
  { id, stage, size, seed, settings }: GraphNode,
  { kind, config }: ModelArtifact,
  isInJavaScript: boolean,
): Uint8Array<ArrayBuffer> {
  const isReward = kind === 'reward';
  const pipeline = isReward ? 'text-classification' : 'text-generation';
  const measured = Object.entries(figures[id] ?? {});
  return bytesOfText(
    [
      '---',
      'license: mit',
      'language: en',
      `library_name: ${isInJavaScript ? 'transformers.js' : 'transformers'}`,
      `pipeline_tag: ${pipeline}`,
      'tags: [alignlet, toy, rlhf]',
      '---',
      '',
      `# ${id} (${name})`,
      '',
      `A toy ${isReward ? 'reward model' : 'language model'} of the browser lab Alignlet: GPT-2 shaped, ${parameterCount(config)} parameters,`,
      `${config.vocabSize} whole words, at most ${config.nPositions} tokens. Made for teaching; it knows a small invented world and nothing else.`,
      '',
      `- Stage \`${stage}\`, task \`${task}\`, size \`${size}\`, seed ${seed}`,
      `- Settings: \`${JSON.stringify(settings)}\``,
      ...(measured.length > 0
        ? [
            '',
            '| figure | value |',
            '|---|---|',
            ...measured.map(([figure, value]) => `| ${figure} | ${value} |`),
          ]
        : []),
      '',
      '## Use',
      '',
      ...(isReward ? rewardUse : languageUse(isInJavaScript)),
      ...(settings['attention'] === 'prefix' ? prefixUse : []),
      '',
      '## What to know',
      '',
      '- Text is lower case with a space between all words and in front of punctuation; the tokenizer puts `<bos>` in front.',
      '- An unknown word becomes `<pad>`, the one token that no model has learned to read.',
      '- Positions are learned: pad on the right, or pass position ids.',
      `- Checked with transformers ${TRANSFORMERS}${isInJavaScript ? ` and @huggingface/transformers ${TRANSFORMERS_JS}` : ''}.`,
      '',
    ].join('\n'),
  );
}

const languageUse = (isInJavaScript: boolean): string[] => [
  '```python',
  'from transformers import AutoModelForCausalLM, AutoTokenizer',
  'tokenizer = AutoTokenizer.from_pretrained(".")',
  'model = AutoModelForCausalLM.from_pretrained(".")',
  'ids = model.generate(**tokenizer("q: what is the colour of the sky ? a:", return_tensors="pt"))',
  'print(tokenizer.decode(ids[0], skip_special_tokens=True))',
  '```',
  ...(isInJavaScript
    ? [
        '',
        '```js',
        "import { env, pipeline } from '@huggingface/transformers';",
        'env.allowLocalModels = true; // and env.localModelPath: where this folder lies',
        "const generate = await pipeline('text-generation', 'NAME_OF_THIS_FOLDER', { dtype: 'fp32' });",
        "console.log(await generate('q: what is the colour of the sky ? a:', { do_sample: false }));",
        '```',
      ]
    : []),
];

/** The mask of a prefix LM, [1, 1, length, length]: added to the scores, for a boolean one is void with eager attention. */
export const PREFIX_MASK = [
  'import torch',
  'def prefix_mask(prompt, length):',
  '    mask = torch.full((length, length), torch.finfo(torch.float32).min).triu(1)',
  '    mask[:prompt, :prompt] = 0',
  '    return mask[None, None]',
];

const prefixUse: string[] = [
  '',
  'It was trained as a prefix LM: the tokens of the prompt see each other both ways. Used as above it is another model;',
  'pass a mask of floats, and no cache:',
  '',
  '```python',
  ...PREFIX_MASK,
  'logits = model(input_ids=ids, attention_mask=prefix_mask(prompt_length, ids.shape[1]), use_cache=False).logits',
  '```',
];

const rewardUse: string[] = [
  'The score is `(logit − mean) / deviation` with the two numbers of `normalisation.json`: answers of the SFT model have',
  'mean 0 and standard deviation 1. The text ends with `<eos>` where the answer does.',
  '',
  '```python',
  'import json',
  'from transformers import AutoModelForSequenceClassification, AutoTokenizer',
  'tokenizer = AutoTokenizer.from_pretrained(".")',
  'model = AutoModelForSequenceClassification.from_pretrained(".")',
  'scale = json.load(open("normalisation.json"))',
  'logits = model(**tokenizer(["q: hello a: hello ! <eos>"], return_tensors="pt", padding=True)).logits[:, 0]',
  'print((logits - scale["mean"]) / scale["deviation"])',
  '```',
];
