import * as tf from '@tensorflow/tfjs-core';
import { createEngine } from '../engine/create';
import type { BackendName, Engine, EngineInfo, EngineOptions, LanguageModel } from '../engine/types';
import { initialWeights } from '../model/parameters';
import type { ModelSize } from '../model/config';
import type { Parents, PreferencePair, Stage, StageContext } from '../pipeline/contract/stage';
import { STAGES } from '../pipeline/stages';
import { rngFrom } from '../random/rng';
import { TASKS } from '../world/tasks';
import { deviceMemory } from './counters';
import type { LabStage, MemorySample, Subject } from './worker-api';
import { ADAM, batchesOf, ROLLOUT, termOf, weightsOf, type Shape } from './workload';

const LABELS = { fused: 'Alignlet, fused', plain: 'plain tfjs 4.22.0' };

/** Our engines as subjects: `fused` runs our kernels, `plain` plain tfjs with its autograd. */
export async function openOurs(
  backend: BackendName,
  kind: EngineInfo['kind'],
  precision: EngineOptions['precision'] = 'f32',
): Promise<Subject> {
  const { engine } = await createEngine(backend, kind, { precision, wholeRollouts: true });
  let model: LanguageModel | null = null;
  let shape: Shape;
  let batches: number[][][] = [];
  let step = 0;
  return {
    info: { label: LABELS[kind], adapter: engine.info.adapter, software: engine.info.software },
    async prepare(next) {
      model?.dispose();
      shape = next;
      model = engine.createModel(shape.config, weightsOf(shape));
      batches = batchesOf(shape);
      step = 0;
    },
    async step(read) {
      const report = await model!.update([termOf(batches[step++ % batches.length]!)], ADAM, read);
      return report?.loss ?? null;
    },
    tensors: () => engine.memory(),
    kernels: () => engine.counters?.().dispatches ?? null,
    async rollout(rows, reforward) {
      const prompts = promptsOf(shape, rows);
      if (reforward) await reforwarded(model!, prompts);
      else
        await model!.generate(prompts, {
          maxNewTokens: ROLLOUT.fresh,
          temperature: 1,
          noiseKey: 7,
          banned: ROLLOUT.banned,
        });
      return { tokens: rows * ROLLOUT.fresh };
    },
    stage: (name, of, updates) => timeStage(engine, name, of, updates),
    stageMemory: (name, updates) => watchMemory(engine, name, updates),
    ...(kind === 'plain' ? { matmulPeak } : {}),
    dispose() {
      model?.dispose();
      engine.dispose();
    },
  };
}

function promptsOf(shape: Shape, rows: number): number[][] {
  const rng = rngFrom(3, 'bench');
  const token = () => rng.int(3, shape.config.vocabSize - 1);
  return Array.from({ length: rows }, () => Array.from({ length: ROLLOUT.prompt }, token));
}

/** What sampling costs without a cache: every token runs the whole rows again and reads the logits back. */
async function reforwarded(model: LanguageModel, prompts: readonly (readonly number[])[]): Promise<void> {
  const rows = prompts.map((p) => [...p]);
  const rng = rngFrom(4, 'bench');
  for (let s = 0; s < ROLLOUT.fresh; s++) {
    const { cols, data } = await model.nextLogits(rows.map((ids) => ({ ids, start: ids.length })));
    rows.forEach((row, b) => row.push(sampled(data.subarray(b * cols, (b + 1) * cols), rng.uniform())));
  }
}

function sampled(logits: Float32Array, u: number): number {
  const most = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const weights = logits.map((x) => Math.exp(x - most));
  for (const id of [0, ...ROLLOUT.banned]) weights[id] = 0;
  let rest = u * weights.reduce((a, b) => a + b, 0);
  return Math.max(
    1,
    weights.findIndex((w) => (rest -= w) < 0),
  );
}

/** Square products that fit the caches and some that do not; the best counts. */
async function matmulPeak(): Promise<number> {
  let best = 0;
  let spent = 0;
  for (const n of [128, 256, 512, 1024]) {
    const [a, b] = [tf.randomUniform([n, n]), tf.randomUniform([n, n])];
    for (let i = 0; i < 5 && spent < 2500; i++) {
      const start = performance.now();
      const repeats = Math.max(1, Math.round(4e7 / n ** 3));
      for (let r = 0; r < repeats; r++) {
        const c = tf.matMul(a, b);
        if (r === repeats - 1) await tf.slice(c as tf.Tensor2D, [0, 0], [1, 1]).data();
        c.dispose();
      }
      const ms = performance.now() - start;
      spent += ms;
      if (i > 0) best = Math.max(best, (2 * repeats * n ** 3) / ms / 1e6);
    }
    tf.dispose([a, b]);
  }
  return best;
}

const STAGE_ROWS = { small: 4, lab: 64 };

/** Random weights and random pairs: the time of an update does not depend on what the model knows. */
function parentsOf(shape: Pick<Shape, 'config'>, task: StageContext['task']): Parents {
  const { config } = shape;
  const weights = initialWeights(config, rngFrom(1, 'bench stage'));
  const rng = rngFrom(5, 'bench pairs');
  const tokens = (n: number) => Array.from({ length: n }, () => rng.int(3, config.vocabSize - 1));
  const pair = (): PreferencePair => ({
    prompt: [1, ...tokens(ROLLOUT.prompt - 1)],
    chosen: [...tokens(task.maxNewTokens - 1), 2],
    rejected: [...tokens(task.maxNewTokens - 1), 2],
    goldChosen: 1,
    goldRejected: -1,
  });
  const pairs = Array.from({ length: STAGE_ROWS.lab / 2 }, pair);
  return {
    base: { kind: 'model', config, weights },
    sft: { kind: 'model', config, weights },
    reward: { kind: 'reward', config, weights, mean: 0, deviation: 1 },
    preferences: { kind: 'preferences', pairs, heldOut: pairs.slice(0, 16) },
  };
}

function contextOf(engine: Engine, size: ModelSize): StageContext {
  const evaluation = { times: 1, prompts: 4, finalPrompts: 4 };
  return { engine, size, task: TASKS[0]!, seed: 1, evaluation };
}

type Updates = { update: number; at: number };

/** Runs a lab stage and hears of every logged update, until `hear` returns false. */
export async function runUpdates(
  engine: Engine,
  name: LabStage,
  shape: Pick<Shape, 'config' | 'name'>,
  overrides: Record<string, unknown>,
  hear: (at: Updates) => unknown,
): Promise<void> {
  const stage = STAGES[name] as Stage;
  const settings = stage.settings.parse(overrides);
  const context = contextOf(engine, shape.name as ModelSize);
  const rows = stage.run(context, settings, parentsOf(shape, context.task));
  for await (const event of rows)
    if (event.type === 'metrics' && hear({ update: event.update, at: performance.now() }) === false) break;
}

/** The first updates, which compile and warm up, are left out. */
async function timeStage(
  engine: Engine,
  name: 'ppo' | 'dpo',
  shape: Shape,
  updates: number,
): Promise<number[]> {
  const rows = name === 'ppo' ? { rolloutBatch: STAGE_ROWS.lab } : { batchSize: STAGE_ROWS.lab / 2 };
  const overrides = { ...rows, [name === 'ppo' ? 'iterations' : 'steps']: updates + 1 };
  const heard: Updates[] = [];
  await runUpdates(engine, name, shape, overrides, (at) => heard.push(at));
  return heard.slice(1).map((h, i) => (h.at - heard[i]!.at) / (h.update - heard[i]!.update));
}

async function watchMemory(engine: Engine, name: LabStage, updates: number): Promise<MemorySample[]> {
  const rows = STAGE_ROWS.small;
  const overrides =
    name === 'ppo'
      ? { rolloutBatch: rows, iterations: Math.ceil(updates / 4) } // two epochs of two minibatches each
      : { batchSize: rows, steps: updates, ...(name === 'pretrain' ? { corpusTokens: 20_000 } : {}) };
  const samples: MemorySample[] = [];
  const perUpdate = name === 'ppo' ? 4 : 1;
  const config = { vocabSize: 357, nPositions: 64, nEmbd: 32, nLayer: 1, nHead: 4 };
  await runUpdates(engine, name, { config, name: 'nano' }, overrides, ({ update }) => {
    samples.push({ update: update * perUpdate, ...engine.memory(), deviceBytes: deviceMemory().bytes });
  });
  return samples;
}
