import { parameterLayout } from '../../model/parameters';
import type { LanguageModelArtifact } from '../../pipeline/contract/artifacts';
import { modelBytes, TYPE, type Attribute, type Graph, type Node, type Tensor, type Value } from './proto';

/** Far below every score, and finite: a row that may look at nothing stays a number. */
const NEVER = -3.4e38;

/**
 * A language model as ONNX, with the inputs and outputs that transformers.js gives a GPT-2: `input_ids` and
 * `position_ids` [batch, new], `attention_mask` [batch, past + new] and the keys and values of each layer so far,
 * [batch, heads, past, width of a head]; out come `logits` [batch, new, vocabulary] and the keys and values with the
 * new ones behind.
 */
export function onnxFile({ config, weights }: Pick<LanguageModelArtifact, 'config' | 'weights'>): Uint8Array {
  const { vocabSize, nEmbd: d, nLayer, nHead } = config;
  const width = d / nHead;
  const build = new Builder();
  for (const { name, shape, offset, size } of parameterLayout(config))
    if (!name.startsWith('score.'))
      build.constants.push({ name, dims: shape, data: weights.subarray(offset, offset + size) });

  const mask = causalMask(build);
  let hidden = build.op('Add', [
    build.op('Gather', ['transformer.wte.weight', 'input_ids']),
    build.op('Gather', ['transformer.wpe.weight', 'position_ids']),
  ]);
  for (let i = 0; i < nLayer; i++) {
    const h = `transformer.h.${i}`;
    const attended = attention(build, h, i, layerNorm(build, hidden, `${h}.ln_1`), mask, nHead, width);
    hidden = build.op('Add', [hidden, linear(build, attended, `${h}.attn.c_proj`)]);
    const inner = linear(build, layerNorm(build, hidden, `${h}.ln_2`), `${h}.mlp.c_fc`);
    const active = build.op('Gelu', [inner], { approximate: 'tanh' });
    hidden = build.op('Add', [hidden, linear(build, active, `${h}.mlp.c_proj`)]);
  }
  const head = build.op('Transpose', ['transformer.wte.weight'], { perm: [1, 0] });
  build.op('MatMul', [layerNorm(build, hidden, 'transformer.ln_f'), head], {}, 'logits');

  const cache = (prefix: string, length: string): Value[] =>
    Array.from({ length: nLayer }, (_, i) =>
      ['key', 'value'].map((part) => ({
        name: `${prefix}.${i}.${part}`,
        type: TYPE.float,
        dims: ['batch_size', nHead, length, width],
      })),
    ).flat();
  const ids = (name: string, length: string): Value => ({
    name,
    type: TYPE.int64,
    dims: ['batch_size', length],
  });
  const graph: Graph = {
    name: 'gpt2',
    inputs: [
      ids('input_ids', 'sequence_length'),
      ids('attention_mask', 'total_sequence_length'),
      ids('position_ids', 'sequence_length'),
      ...cache('past_key_values', 'past_sequence_length'),
    ],
    outputs: [
      { name: 'logits', type: TYPE.float, dims: ['batch_size', 'sequence_length', vocabSize] },
      ...cache('present', 'total_sequence_length'),
    ],
    constants: build.constants,
    nodes: build.nodes,
  };
  return modelBytes(graph, 'alignlet');
}

/** Collects constants and nodes; every node has one output unless it says more. */
class Builder {
  readonly constants: Tensor[] = [];
  readonly nodes: Node[] = [];

  op(
    type: string,
    inputs: readonly string[],
    attributes: Record<string, Attribute> = {},
    output = `${type.toLowerCase()}_${this.nodes.length}`,
  ): string {
    this.nodes.push({ type, inputs, outputs: [output], attributes });
    return output;
  }

  /** The same three parts of the last axis. */
  thirds(input: string, sizes: string): string[] {
    const outputs = ['q', 'k', 'v'].map((part) => `${part}_${this.nodes.length}`);
    this.nodes.push({ type: 'Split', inputs: [input, sizes], outputs, attributes: { axis: 2 } });
    return outputs;
  }

  integers(values: readonly number[], dims: readonly number[] = [values.length]): string {
    const name = `int_${dims.length}_${values.join('_')}`;
    if (!this.constants.some((c) => c.name === name)) this.constants.push({ name, dims, data: values });
    return name;
  }

  number(name: string, value: number): string {
    if (!this.constants.some((c) => c.name === name))
      this.constants.push({ name, dims: [], data: Float32Array.of(value) });
    return name;
  }
}

const layerNorm = (build: Builder, x: string, name: string): string =>
  build.op('LayerNormalization', [x, `${name}.weight`, `${name}.bias`], {
    axis: -1,
    epsilon: { float: 1e-5 },
  });

const linear = (build: Builder, x: string, name: string): string =>
  build.op('Add', [build.op('MatMul', [x, `${name}.weight`]), `${name}.bias`]);

/** What is added to the scores, [batch, 1, new, past + new]: 0 where a token may look, else `NEVER`. */
function causalMask(build: Builder): string {
  const length = (of: string) =>
    build.op('Squeeze', [build.op('Shape', [of], { start: 1, end: 2 }), build.integers([0])]);
  const total = length('attention_mask');
  const past = build.op('Sub', [total, length('input_ids')]);
  const [zero, one] = [build.integers([0], []), build.integers([1], [])];
  const queries = build.op('Unsqueeze', [build.op('Range', [past, total, one]), build.integers([1])]);
  const keys = build.op('Range', [zero, total, one]);
  const isSeen = build.op('LessOrEqual', [keys, queries]);
  const isToken = build.op('Unsqueeze', [
    build.op('Cast', ['attention_mask'], { to: TYPE.bool }),
    build.integers([1, 2]),
  ]);
  return build.op('Where', [
    build.op('And', [isToken, isSeen]),
    build.number('zero', 0),
    build.number('never', NEVER),
  ]);
}

/** Attention of one layer over past and new tokens, heads joined again, [batch, new, d]. */
function attention(
  build: Builder,
  h: string,
  layer: number,
  x: string,
  mask: string,
  heads: number,
  width: number,
): string {
  const d = heads * width;
  const parts = build.thirds(linear(build, x, `${h}.attn.c_attn`), build.integers([d, d, d]));
  const [q, k, v] = parts.map((part) =>
    build.op('Transpose', [build.op('Reshape', [part, build.integers([0, 0, heads, width])])], {
      perm: [0, 2, 1, 3],
    }),
  );
  const joined = (fresh: string, part: string) =>
    build.op('Concat', [`past_key_values.${layer}.${part}`, fresh], { axis: 2 }, `present.${layer}.${part}`);
  const [keys, values] = [joined(k!, 'key'), joined(v!, 'value')];
  const scores = build.op('MatMul', [q!, build.op('Transpose', [keys], { perm: [0, 1, 3, 2] })]);
  const scaled = build.op('Mul', [scores, build.number('scale', 1 / Math.sqrt(width))]);
  const shares = build.op('Softmax', [build.op('Add', [scaled, mask])], { axis: -1 });
  const attended = build.op('Transpose', [build.op('MatMul', [shares, values])], { perm: [0, 2, 1, 3] });
  return build.op('Reshape', [attended, build.integers([0, 0, d])]);
}
