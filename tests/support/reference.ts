import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { createFusedEngine } from '../../src/engine/fused';
import { createPlainEngine } from '../../src/engine/plain';
import { adamwStep, globalNorm } from '../../src/engine/plain/adamw';
import { registerGradients } from '../../src/engine/shared/gradients';
import type { AdamWOptions, Engine, LanguageModel, Matrix } from '../../src/engine/types';
import { roundUp4 } from '../../src/kernels/kernels';
import type { WasmKernels } from '../../src/kernels/wasm/kernels';
import type { GptConfig } from '../../src/model/config';
import { parameterLayout } from '../../src/model/parameters';
import { generalizedAdvantages, whiten } from '../../src/pipeline/maths/advantages';
import { categoricalKl, entropyOf, labelLogProbs } from './categorical';
import {
  adaptKlCoef,
  bestOfNKl,
  klEstimators,
  penalisedRewards,
  sequenceKl,
} from '../../src/pipeline/maths/kl';
import { dpoLoss, type DpoLossType } from '../../src/pipeline/losses/dpo';
import { ppoPolicyLoss, ppoValueLoss } from '../../src/pipeline/losses/ppo';
import { pairwiseRewardLoss } from '../../src/pipeline/losses/reward';
import { maskedMean } from '../../src/pipeline/maths/matrix';
import { mean, wilsonInterval } from '../../src/pipeline/maths/statistics';
import { toFlat } from './gpt2';
import { openWasmKernels } from './kernels';
import { meanNll } from './losses';

/** Numbers nested in lists and named records, as they come out of JSON. */
export type Figures =
  number | string | boolean | null | readonly Figures[] | { readonly [name: string]: Figures };
type Named = { readonly [name: string]: Figures };

export interface ReferenceCase {
  name: string;
  inputs: Named;
  expected: Named;
}

/** Inputs and right answers of one function, worked out by somebody else's code. */
export interface ReferenceFile {
  function: string;
  source: string;
  notes: string;
  tolerance: number;
  cases: ReferenceCase[];
}

/** Hands out the fields of a case by type and remembers which were read. */
export class Inputs {
  private readonly used = new Set<string>();

  constructor(private readonly fields: Named) {}

  has(name: string): boolean {
    return name in this.fields;
  }

  any(name: string): Figures {
    if (!this.has(name)) throw new Error(`the input "${name}" is missing`);
    this.used.add(name);
    return this.fields[name]!;
  }

  number(name: string): number {
    const value = this.any(name);
    if (typeof value !== 'number') throw new Error(`the input "${name}" is not a number`);
    return value;
  }

  text(name: string): string {
    const value = this.any(name);
    if (typeof value !== 'string') throw new Error(`the input "${name}" is not a text`);
    return value;
  }

  list(name: string): number[] {
    return this.any(name) as number[];
  }

  rows(name: string): number[][] {
    return this.any(name) as number[][];
  }

  matrix(name: string): Matrix {
    const rows = this.rows(name);
    return { rows: rows.length, cols: rows[0]!.length, data: Float32Array.from(rows.flat()) };
  }

  /** Refuses any value that our code has no switch for. */
  only(name: string, value: Figures): void {
    if (this.any(name) !== value) throw new Error(`the input "${name}" is not ${String(value)}`);
  }

  unread(): string[] {
    return Object.keys(this.fields).filter((name) => !this.used.has(name));
  }
}

/** What one implementation of a function answers, named as in the file. */
type Answers = { [name: string]: Figures };
/** Every implementation of a function that we have, by name; each must give all expected figures. */
type Evaluator = (inputs: Inputs) => Promise<Record<string, Answers>>;

const rowsOf = ({ rows, cols, data }: Matrix): number[][] =>
  Array.from({ length: rows }, (_, r) => Array.from(data.subarray(r * cols, (r + 1) * cols)));

const tensorOf = (rows: number[] | number[][]): tf.Tensor => tf.tensor(rows);
const figuresOf = (tensor: tf.Tensor): Figures => tensor.arraySync();

/** Tensors on the tfjs cpu backend, all released afterwards. */
async function onCpu(f: () => Answers): Promise<Answers> {
  await tf.setBackend('cpu');
  registerGradients();
  let answers: Answers = {};
  tf.tidy(() => {
    answers = f();
  });
  return answers;
}

/** One implementation called by the given name. */
const single =
  (name: string, f: (inputs: Inputs) => Answers): Evaluator =>
  async (inputs) => ({ [name]: await onCpu(() => f(inputs)) });

const DPO_VARIANTS: Record<string, { lossType: DpoLossType; referenceFree: boolean }> = {
  sigmoid: { lossType: 'sigmoid', referenceFree: false },
  ipo: { lossType: 'ipo', referenceFree: false },
  hinge: { lossType: 'hinge', referenceFree: false },
  reference_free: { lossType: 'sigmoid', referenceFree: true },
};

const optional = (inputs: Inputs, name: string): number | null =>
  inputs.any(name) === null ? null : inputs.number(name);

/** How each function of the reference files is answered by our code. */
export const EVALUATORS: Record<string, Evaluator> = {
  adamw: async (inputs) => {
    const gradients = inputs.rows('gradients');
    const parameter = inputs.list('parameter');
    const options: AdamWOptions = {
      learningRate: inputs.number('learning_rate'),
      beta1: inputs.number('beta1'),
      beta2: inputs.number('beta2'),
      epsilon: inputs.number('epsilon'),
      weightDecay: inputs.number('weight_decay'),
      maxGradNorm: optional(inputs, 'max_grad_norm'),
    };
    return {
      'plain cpu': await onCpu(() => adamwOnTensors(parameter, gradients, options)),
      'wasm kernel': await adamwOnKernels(parameter, gradients, options),
    };
  },

  adaptive_kl_controller: single('adaptKlCoef', (inputs) => {
    let klCoef = inputs.number('init_kl_coef');
    const options = {
      target: inputs.number('target'),
      horizon: inputs.number('horizon'),
      samples: inputs.number('steps_per_update'),
    };
    return { kl_coef: inputs.list('observed_kl').map((kl) => (klCoef = adaptKlCoef(klCoef, kl, options))) };
  }),

  best_of_n_kl: single('bestOfNKl', (inputs) => ({ kl: bestOfNKl(inputs.number('n')) })),

  categorical: async (inputs) => {
    const logits = inputs.rows('logits');
    const reference = inputs.rows('reference_logits');
    const kl = logits.map((row, i) => categoricalKl(row, reference[i]!));
    const kernel = await tokenLogProbs(
      logits,
      logits.map(() => 0),
    );
    return {
      host: { entropy: logits.map(entropyOf), kl },
      'wasm kernel': { entropy: kernel.entropy, kl },
    };
  },

  dpo_loss: single('dpoLoss', (inputs) => {
    const name = inputs.text('variant');
    const variant = DPO_VARIANTS[name];
    if (!variant) throw new Error(`the variant "${name}" is not known`);
    const of = (field: string) => tensorOf(inputs.list(field)) as tf.Tensor1D;
    const { losses, chosenRewards, rejectedRewards } = dpoLoss(
      of('policy_chosen'),
      of('policy_rejected'),
      of('reference_chosen'),
      of('reference_rejected'),
      { beta: inputs.number('beta'), labelSmoothing: inputs.number('label_smoothing'), ...variant },
    );
    return {
      loss: figuresOf(losses),
      chosen_reward: figuresOf(chosenRewards),
      rejected_reward: figuresOf(rejectedRewards),
      margin: figuresOf(tf.sub(chosenRewards, rejectedRewards)),
      accuracy: figuresOf(tf.mean(tf.cast(tf.greater(chosenRewards, rejectedRewards), 'float32'))),
    };
  }),

  gae: single('generalizedAdvantages', (inputs) => {
    const { advantages, returns } = generalizedAdvantages(
      inputs.matrix('rewards'),
      inputs.matrix('values'),
      inputs.matrix('mask'),
      inputs.number('gamma'),
      inputs.number('lam'),
    );
    return { advantages: rowsOf(advantages), returns: rowsOf(returns) };
  }),

  gpt2: async (inputs) => {
    const answers: Record<string, Answers> = {};
    const reference = gpt2Inputs(inputs);
    const engines = { 'plain cpu': createPlainEngine('cpu'), 'fused wasm': createFusedEngine('wasm') };
    for (const [name, opening] of Object.entries(engines))
      answers[name] = await gpt2On(await opening, reference);
    return answers;
  },

  kl_estimators: single('klEstimators', (inputs) => {
    const of = [
      inputs.matrix('logprobs'),
      inputs.matrix('reference_logprobs'),
      inputs.matrix('mask'),
    ] as const;
    return {
      k1: rowsOf(klEstimators.k1(...of)),
      k2: rowsOf(klEstimators.k2(...of)),
      k3: rowsOf(klEstimators.k3(...of)),
      sequence_kl: Array.from(sequenceKl(...of)),
    };
  }),

  kl_penalised_rewards: single('penalisedRewards', (inputs) => {
    const mask = inputs.matrix('mask');
    const kl = klEstimators.k1(inputs.matrix('logprobs'), inputs.matrix('reference_logprobs'), mask);
    return { rewards: rowsOf(penalisedRewards(kl, mask, inputs.list('scores'), inputs.number('kl_coef'))) };
  }),

  masked_whiten: single('whiten', (inputs) => {
    const values = inputs.matrix('values');
    const mask = inputs.matrix('mask');
    const centre = maskedMean(values, mask);
    const count = mask.data.reduce((a, b) => a + b, 0);
    const squares = maskedMean({ ...values, data: values.data.map((x) => (x - centre) ** 2) }, mask);
    return {
      mean: centre,
      var: (squares * count) / (count - 1),
      whitened: rowsOf(whiten(values, mask)),
      whitened_keep_mean: rowsOf(whiten(values, mask, false)),
    };
  }),

  ppo_policy_loss: single('ppoPolicyLoss', (inputs) => {
    const [logProbs, old, advantages, mask] = ['logprobs', 'old_logprobs', 'advantages', 'mask'].map((name) =>
      tensorOf(inputs.rows(name)),
    ) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const clipRange = optional(inputs, 'clip_range');
    const at = (x: tf.Tensor) => ppoPolicyLoss(x, old, advantages, mask, clipRange);
    const { loss, clipFraction, approxKl, ratioMean } = at(logProbs);
    return {
      loss: figuresOf(loss),
      clip_fraction: figuresOf(clipFraction),
      approx_kl: figuresOf(approxKl),
      ratio_mean: figuresOf(ratioMean),
      grad_logprobs: figuresOf(tf.grad((x) => at(x).loss)(logProbs)),
    };
  }),

  ppo_value_loss: single('ppoValueLoss', (inputs) => {
    const [values, old, returns, mask] = ['values', 'old_values', 'returns', 'mask'].map((name) =>
      tensorOf(inputs.rows(name)),
    ) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const clipRange = optional(inputs, 'clip_range');
    const at = (x: tf.Tensor) => ppoValueLoss(x, old, returns, mask, clipRange);
    const { loss, clipFraction } = at(values);
    return {
      loss: figuresOf(loss),
      clip_fraction: figuresOf(clipFraction),
      grad_values: figuresOf(tf.grad((x) => at(x).loss)(values)),
    };
  }),

  reward_model_loss: single('pairwiseRewardLoss', (inputs) => {
    const [chosen, rejected, margin] = ['chosen', 'rejected', 'margin'].map((name) =>
      tensorOf(inputs.list(name)),
    ) as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
    const losses = pairwiseRewardLoss(chosen, rejected, margin);
    return {
      loss: figuresOf(losses),
      mean: figuresOf(tf.mean(losses)),
      accuracy: figuresOf(tf.mean(tf.cast(tf.greater(chosen, rejected), 'float32'))),
    };
  }),

  sequence_logprobs: async (inputs) => {
    const logits = inputs.any('logits') as number[][][];
    const labels = inputs.rows('labels');
    const host = labels.map((row, b) => labelLogProbs(logits[b]!, row));
    const kernel = await Promise.all(
      labels.map(async (row, b) => {
        const at = row.flatMap((label, t) => (t === 0 || label === -100 ? [] : [t]));
        const found = await tokenLogProbs(
          at.map((t) => logits[b]![t - 1]!),
          at.map((t) => row[t]!),
        );
        return found.logProbs;
      }),
    );
    const reduce = (tokens: number[][]): Answers => ({
      sum: tokens.map((row) => row.reduce((a, b) => a + b, 0)),
      mean: tokens.map(mean),
    });
    return { host: reduce(host), 'wasm kernel': reduce(kernel) };
  },

  wilson_interval: single('wilsonInterval', (inputs) => {
    inputs.only('confidence', 0.95);
    return { ...wilsonInterval(inputs.number('wins'), inputs.number('trials')) };
  }),
};

// AdamW ------------------------------------------------------------------------------------------------

/** The optimiser works on flat buffers of a multiple of 64 floats; the rest is zeros. */
const padded = (values: readonly number[]): Float32Array => {
  const out = new Float32Array(Math.ceil(values.length / 64) * 64);
  out.set(values);
  return out;
};

function adamwOnTensors(
  parameter: readonly number[],
  gradients: readonly (readonly number[])[],
  options: AdamWOptions,
): Answers {
  const start = padded(parameter);
  const n = start.length;
  let state = { p: tf.tensor1d(start), m: tf.zeros([n]) as tf.Tensor1D, v: tf.zeros([n]) as tf.Tensor1D };
  const decay = tf.ones([n]) as tf.Tensor1D;
  const norms: number[] = [];
  const after = gradients.map((gradient, i) => {
    const g = tf.tensor1d(padded(gradient));
    const norm = globalNorm(g);
    norms.push(norm.dataSync()[0]!);
    state = adamwStep(state, g, norm, decay, i + 1, options);
    return Array.from(state.p.dataSync().slice(0, parameter.length));
  });
  return { parameter_after: after, grad_norm: norms };
}

let kernels: Promise<WasmKernels> | undefined;
const wasmKernels = (): Promise<WasmKernels> => (kernels ??= openWasmKernels());

async function adamwOnKernels(
  parameter: readonly number[],
  gradients: readonly (readonly number[])[],
  { learningRate, beta1, beta2, epsilon, weightDecay, maxGradNorm }: AdamWOptions,
): Promise<Answers> {
  const k = await wasmKernels();
  const start = padded(parameter);
  return k.frame(() => {
    const zeros = new Float32Array(start.length);
    const [p, m, v, decay] = [start, zeros, zeros, zeros.map(() => 1)].map((data) => k.upload(data));
    const norm = k.upload(new Float32Array(1));
    const norms: number[] = [];
    const after = gradients.map((gradient, i) => {
      const g = k.upload(padded(gradient));
      k.globalNorm({ gradients: g, norm });
      norms.push(k.readFloats(norm)[0]!);
      k.adamw({
        parameters: p!,
        gradients: g,
        firstMoment: m!,
        secondMoment: v!,
        decay: decay!,
        norm,
        step: {
          learningRate,
          beta1,
          beta2,
          epsilon,
          weightDecay,
          maxNorm: maxGradNorm ?? Infinity,
          correction1: 1 - beta1 ** (i + 1),
          correction2: 1 - beta2 ** (i + 1),
        },
      });
      return Array.from(k.readFloats(p!).slice(0, parameter.length));
    });
    return { parameter_after: after, grad_norm: norms };
  });
}

/** Log-probs of labels and entropies by the kernel that every training step goes through. */
async function tokenLogProbs(
  logits: readonly (readonly number[])[],
  labels: readonly number[],
): Promise<{ logProbs: number[]; entropy: number[] }> {
  const k = await wasmKernels();
  const rows = logits.length;
  if (rows === 0) return { logProbs: [], entropy: [] };
  const v = logits[0]!.length;
  const stride = roundUp4(v);
  const data = new Float32Array(rows * stride);
  logits.forEach((row, r) => data.set(row, r * stride));
  return k.frame(() => {
    const [logProbs, entropy, logSum] = [0, 1, 2].map(() => k.temporary(rows));
    k.tokenLogProb({
      logits: k.upload(data),
      labels: k.upload(Int32Array.from(labels)),
      logProbs: logProbs!,
      entropy: entropy!,
      logSum: logSum!,
      rows,
      vocabulary: v,
    });
    return { logProbs: Array.from(k.readFloats(logProbs!)), entropy: Array.from(k.readFloats(entropy!)) };
  });
}

// GPT-2 ------------------------------------------------------------------------------------------------

interface Gpt2Inputs {
  config: GptConfig;
  weights: Float32Array;
  ids: number[][];
  /** Completion per row as [first, one after the last]. */
  spans: [number, number][];
  labels: number[][];
  prompts: number[][];
}

function gpt2Inputs(inputs: Inputs): Gpt2Inputs {
  const c = new Inputs(inputs.any('config') as Named);
  const config: GptConfig = {
    vocabSize: c.number('vocab_size'),
    nPositions: c.number('n_positions'),
    nEmbd: c.number('n_embd'),
    nLayer: c.number('n_layer'),
    nHead: c.number('n_head'),
  };
  c.only('activation', 'gelu_new');
  c.only('layer_norm_epsilon', 1e-5);
  c.only('tie_word_embeddings', true);
  refuse('setting', c.unread());
  const named = inputs.any('parameters') as Named;
  const known = new Set(parameterLayout(config).map((p) => p.name));
  refuse('parameter', Object.keys(named).filter((name) => !known.has(name))); // prettier-ignore
  const labels = inputs.rows('labels');
  return {
    config,
    weights: toFlat(config, named as Parameters<typeof toFlat>[1]),
    ids: inputs.rows('input_ids'),
    labels,
    spans: labels.map(spanOf),
    prompts: inputs.rows('prompt'),
  };
}

/** Our completions are one stretch of tokens; labels with gaps could not be said in our terms. */
function spanOf(labels: readonly number[]): [number, number] {
  const labelled = labels.flatMap((label, t) => (label === -100 ? [] : [t]));
  const [first, last] = [labelled[0]!, labelled[labelled.length - 1]!];
  if (last - first + 1 !== labelled.length) throw new Error('the labels are not one stretch of tokens');
  return [first, last + 1];
}

const refuse = (what: string, names: readonly string[]): void => {
  if (names.length > 0) throw new Error(`unknown ${what}: ${names.join(', ')}`);
};

async function gpt2On(engine: Engine, reference: Gpt2Inputs): Promise<Answers> {
  const { config, weights, ids, labels, spans, prompts } = reference;
  const model = engine.createModel(config, weights);
  try {
    const logits = await allLogits(model, ids);
    const batch = ids.map((row, b) => ({ ids: row.slice(0, spans[b]![1]), start: spans[b]![0] }));
    const { loss, gradients } = await model.gradients([{ batch, want: { logProbs: true }, loss: meanNll }]);
    // what training and evaluation read must be what the logits say
    const seen = await model.evaluate(batch, { logProbs: true, entropy: true });
    labels.forEach((row, b) => {
      const [first, end] = spans[b]!;
      const logProbs = labelLogProbs(logits[b]!, row);
      for (let t = first; t < end; t++) {
        const i = b * seen.mask.cols + t - first;
        expectNear(seen.logProbs!.data[i]!, logProbs[t - first]!, `log-prob of token ${t} of row ${b}`);
        expectNear(seen.entropy!.data[i]!, entropyOf(logits[b]![t - 1]!), `entropy before token ${t}`);
      }
    });
    const greedy = await greedyTokens(model, prompts);
    await checkSampler(model, prompts, greedy);
    const named = Object.fromEntries(
      parameterLayout(config).map((p) => [
        p.name,
        nested(Array.from(gradients.subarray(p.offset, p.offset + p.size)), p.shape),
      ]),
    );
    return { logits, loss, gradients: named, greedy };
  } finally {
    model.dispose();
    engine.dispose();
  }
}

function expectNear(a: number, b: number, what: string): void {
  if (!(Math.abs(a - b) <= 1e-4 * Math.max(1, Math.abs(b)))) throw new Error(`${what} is ${a}, not ${b}`);
}

/** [B][T][V]: one call per length, every position as the last one. */
async function allLogits(model: LanguageModel, ids: readonly number[][]): Promise<number[][][]> {
  return Promise.all(
    ids.map(async (row) =>
      rowsOf(await model.nextLogits(row.map((_, t) => ({ ids: row.slice(0, t + 1), start: t + 1 })))),
    ),
  );
}

/** The likeliest continuation to the last position, nothing banned and nothing ending it. */
async function greedyTokens(model: LanguageModel, prompts: readonly number[][]): Promise<number[][]> {
  const rows = prompts.map((p) => p.slice());
  while (rows[0]!.length < model.config.nPositions) {
    const logits = await model.nextLogits(rows.map((ids) => ({ ids, start: ids.length })));
    rowsOf(logits).forEach((row, b) => rows[b]!.push(row.indexOf(Math.max(...row))));
  }
  return rows;
}

/** The rollout at temperature 0 is the same up to where our rules differ: it stops at id 2 and never says id 0. */
async function checkSampler(
  model: LanguageModel,
  prompts: readonly number[][],
  greedy: number[][],
): Promise<void> {
  const maxNewTokens = model.config.nPositions - prompts[0]!.length;
  const { completions } = await model.generate(prompts, { maxNewTokens, temperature: 0, noiseKey: 0 });
  greedy.forEach((row, b) => {
    const tail = row.slice(prompts[b]!.length);
    const pad = tail.indexOf(0);
    const eos = tail.indexOf(2);
    const same = Math.min(pad < 0 ? Infinity : pad, eos < 0 ? Infinity : eos + 1, tail.length);
    if (completions[b]!.slice(0, same).join() !== tail.slice(0, same).join())
      throw new Error(`sampling at temperature 0 gives ${completions[b]!.join()}, not ${tail.join()}`);
  });
}

const nested = (flat: number[], shape: readonly number[]): Figures =>
  shape.length < 2
    ? flat
    : Array.from({ length: shape[0]! }, (_, r) => flat.slice(r * shape[1]!, (r + 1) * shape[1]!));

// Comparing --------------------------------------------------------------------------------------------

/** One line per figure that differs, and how many figures were compared. */
export interface Comparison {
  problems: string[];
  figures: number;
}

/**
 * Compares figure by figure: |a − e| ≤ tolerance · max(1, |e|), and for a list of numbers also
 * ‖a − e‖ ≤ tolerance · ‖e‖ + 1e-7, so that a list of small numbers is not waved through.
 */
export function compare(
  actual: Figures | undefined,
  expected: Figures,
  tolerance: number,
  path: string,
): Comparison {
  if (Array.isArray(expected) || (typeof expected === 'object' && expected !== null)) {
    const at = (of: Figures | undefined) => (typeof of === 'object' && of !== null ? of : {}) as Named;
    const names = Object.keys(expected);
    const extra = Object.keys(at(actual)).length - names.length;
    const parts = names.map((name) =>
      compare(at(actual)[name], at(expected)[name]!, tolerance, `${path}.${name}`),
    );
    const problems = parts.flatMap((p) => p.problems);
    if (Array.isArray(expected) && extra !== 0) problems.push(`${path}: ${extra} figures more than expected`);
    else if (isNumbers(expected) && isNumbers(actual)) {
      const distance = Math.hypot(...expected.map((e, i) => actual[i]! - e));
      const size = Math.hypot(...expected);
      if (!(distance <= tolerance * size + 1e-7))
        problems.push(`${path}: off by ${distance} of ${size} in L2, tolerance ${tolerance}`);
    }
    return { problems, figures: parts.reduce((sum, p) => sum + p.figures, 0) };
  }
  const same =
    typeof expected === 'number'
      ? typeof actual === 'number' &&
        Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected))
      : actual === expected;
  return {
    problems: same ? [] : [`${path}: ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`],
    figures: 1,
  };
}

const isNumbers = (x: Figures | undefined): x is readonly number[] =>
  Array.isArray(x) && x.length > 0 && x.every((v) => typeof v === 'number');

// Files ------------------------------------------------------------------------------------------------

/** Every file of the folder, by name. Throws if there is none. */
export function loadReferenceFiles(folder: string): [string, ReferenceFile][] {
  const names = readdirSync(folder).sort();
  if (names.length === 0) throw new Error(`there is no reference file in ${folder}`);
  return names.map((name) => {
    if (!name.endsWith('.json')) throw new Error(`${name} in ${folder} is not a reference file`);
    return [name, JSON.parse(readFileSync(join(folder, name), 'utf8')) as ReferenceFile];
  });
}

const FILE_FIELDS = ['function', 'source', 'notes', 'tolerance', 'cases'];
const CASE_FIELDS = ['name', 'inputs', 'expected'];

/** What is wrong with a file before any figure is looked at: nothing may go unchecked. */
export function fileProblems(file: ReferenceFile): string[] {
  const problems = Object.keys(file)
    .filter((name) => !FILE_FIELDS.includes(name))
    .map((name) => `unknown field "${name}"`);
  if (!Object.hasOwn(EVALUATORS, file.function)) problems.push(`unknown function "${file.function}"`);
  if (!(file.tolerance > 0 && file.tolerance < 1)) problems.push(`no usable tolerance: ${file.tolerance}`);
  if (!Array.isArray(file.cases) || file.cases.length === 0) problems.push('no cases');
  return problems;
}

/** Runs one case through every implementation and compares every expected figure. Never throws. */
export async function checkCase(file: ReferenceFile, given: ReferenceCase): Promise<Comparison> {
  const problems = Object.keys(given)
    .filter((name) => !CASE_FIELDS.includes(name))
    .map((name) => `unknown field "${name}" in the case`);
  const expected = Object.entries(given.expected);
  if (expected.length === 0) problems.push('nothing is expected');
  const evaluator = EVALUATORS[file.function];
  if (!evaluator) return { problems: [`unknown function "${file.function}"`], figures: 0 };
  let figures = 0;
  try {
    const inputs = new Inputs(given.inputs);
    const implementations = Object.entries(await evaluator(inputs));
    for (const name of inputs.unread()) problems.push(`the input "${name}" is not used`);
    for (const [implementation, answers] of implementations)
      for (const [name, value] of expected) {
        if (!(name in answers)) {
          problems.push(`${implementation} does not answer "${name}"`);
          continue;
        }
        const result = compare(answers[name], value, file.tolerance, `${implementation} ${name}`);
        figures += result.figures;
        problems.push(...result.problems);
      }
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
  }
  return { problems, figures };
}
