import reference from '../reference/gpt2.json';
import type { GptConfig } from '../../src/model/config';
import { flatLength, parameterLayout } from '../../src/model/parameters';

/** One case of tests/reference/gpt2.json in our terms. */
export interface ReferenceCase {
  name: string;
  config: GptConfig;
  weights: Float32Array;
  inputIds: number[][];
  /** Completion tokens to score per row: columns with a label, as [start, end). */
  spans: [number, number][];
  prompts: number[][];
  logits: number[][][];
  loss: number;
  gradients: Float32Array;
  greedy: number[][];
}

type Nested = number | Nested[];
type Named = Record<string, Nested | undefined>;

const flat = (x: Nested): number[] => (typeof x === 'number' ? [x] : x.flatMap(flat));

/** Values by parameter name to one flat buffer in the layout's order; names that are absent stay 0. */
export function toFlat(config: GptConfig, named: Named): Float32Array {
  const layout = parameterLayout(config);
  const out = new Float32Array(flatLength(layout));
  for (const p of layout) {
    const values = named[p.name];
    if (values !== undefined) out.set(flat(values), p.offset);
  }
  return out;
}

export const referenceCases: ReferenceCase[] = reference.cases.map(({ name, inputs, expected }) => {
  const c = inputs.config;
  const config: GptConfig = {
    vocabSize: c.vocab_size,
    nPositions: c.n_positions,
    nEmbd: c.n_embd,
    nLayer: c.n_layer,
    nHead: c.n_head,
  };
  return {
    name,
    config,
    weights: toFlat(config, inputs.parameters as Named),
    inputIds: inputs.input_ids,
    spans: inputs.labels.map((row) => {
      const start = row.findIndex((label) => label !== -100);
      const end = row.findIndex((label, i) => i > start && label === -100);
      return [start, end < 0 ? row.length : end];
    }),
    prompts: inputs.prompt,
    logits: expected.logits,
    loss: expected.loss,
    gradients: toFlat(config, expected.gradients as Named),
    greedy: expected.greedy,
  };
});
