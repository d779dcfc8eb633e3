import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { inject } from 'vitest';
import { createFusedEngine } from '../../src/engine/fused';
import type { Engine, LanguageModel, LossTerm, UpdateStep } from '../../src/engine/types';
import { resolvedSettings, type Settings } from '../../src/pipeline/lab/config';
import { keyOf } from '../../src/pipeline/lab/graph';
import type {
  Artifact,
  EvaluationEvent,
  LanguageModelArtifact,
  MetricsEvent,
  Parents,
  PreferencesArtifact,
  RewardModelArtifact,
  StageContext,
  StageEvent,
  StageResult,
} from '../../src/pipeline/contract/stage';
import { parseFigure } from '../../src/pipeline/contract/figures';
import { STAGES, type StageName } from '../../src/pipeline/stages';
import { MODEL_SIZES } from '../../src/model/config';
import { initialWeights } from '../../src/model/parameters';
import { rngFrom } from '../../src/random/rng';
import { reviewTask, VOCABULARY } from '../../src/world';
import type { AlignmentTask } from '../../src/world/types';

/** A nano model on the review task, measured rarely: whole stages in a second. */
export function nanoContext(engine: Engine, changes: Partial<StageContext> = {}): StageContext {
  return {
    engine,
    size: 'nano',
    task: reviewTask as AlignmentTask,
    seed: 5,
    evaluation: { times: 1, prompts: 16, finalPrompts: 64 },
    ...changes,
  };
}

export interface StageRun<A extends Artifact = Artifact> {
  events: StageEvent[];
  rows: MetricsEvent[];
  evaluations: EvaluationEvent[];
  result: StageResult<A>;
}

/** Runs a stage's own generator to its end, defaults of the task with the given changes. */
export async function runToEnd<A extends Artifact = Artifact>(
  context: StageContext,
  stage: StageName,
  changes: Settings,
  parents: Parents = {},
): Promise<StageRun<A>> {
  const settings = resolvedSettings({ task: context.task.name, size: context.size }, stage, changes);
  const generator = STAGES[stage].run(context, settings as never, parents);
  const events: StageEvent[] = [];
  for (;;) {
    const { value, done } = await generator.next();
    if (done) {
      expectDeclared(stage, events, value.summary);
      return {
        events,
        rows: events.filter((e) => e.type === 'metrics'),
        evaluations: events.filter((e) => e.type === 'evaluation'),
        result: value as StageResult<A>,
      };
    }
    events.push(value);
  }
}

/** What a stage logs and sums up is what it says it does. */
function expectDeclared(stage: StageName, events: readonly StageEvent[], summary: object): void {
  const { metrics, figures } = STAGES[stage];
  const logged = events.flatMap((e) => (e.type === 'metrics' ? Object.keys(e.metrics) : []));
  const undeclared = [
    ...new Set(logged.filter((name) => !Object.hasOwn(metrics, name))),
    ...Object.keys(summary).filter(
      (name) => !Object.hasOwn(figures, parseFigure(name, { figures, stages: [] }).base),
    ),
  ];
  if (undeclared.length) throw new Error(`${stage} does not declare ${undeclared.join(', ')}`);
}

export interface Trunk {
  base: LanguageModelArtifact;
  sft: LanguageModelArtifact;
  preferences: PreferencesArtifact;
  reward: RewardModelArtifact;
  runs: Record<'pretrain' | 'sft' | 'preferences' | 'reward', StageRun>;
}

/**
 * A nano trunk from random weights: a few seconds on one core, so the files of a test run share it. What they get
 * is bit for bit what training would give them.
 */
export async function trainTrunk(context: StageContext): Promise<Trunk> {
  const folder = inject('runFolder');
  if (folder === undefined) return trainedTrunk(context);
  const { size, task, seed, evaluation } = context;
  const file = join(folder, `trunk-${keyOf({ size, task: task.name, seed, evaluation })}`);
  try {
    return deserialize(await readFile(file)) as Trunk;
  } catch {
    const trunk = await trainedTrunk(context);
    await writeFile(`${file}.${process.pid}`, serialize(trunk));
    await rename(`${file}.${process.pid}`, file); // whole or not at all: others may be reading
    return trunk;
  }
}

async function trainedTrunk(context: StageContext): Promise<Trunk> {
  const pretrain = await runToEnd<LanguageModelArtifact>(context, 'pretrain', {
    steps: 300,
    batchSize: 16,
    learningRate: 6e-3,
    warmup: 20,
    corpusTokens: 60_000,
  });
  const base = pretrain.result.artifact;
  const sft = await runToEnd<LanguageModelArtifact>(context, 'sft', { steps: 150, learningRate: 3e-3 }, { base }); // prettier-ignore
  const parents = { sft: sft.result.artifact };
  const preferences = await runToEnd<PreferencesArtifact>(
    context,
    'preferences',
    { pairs: 4000, heldOutPairs: 400, labelTemperature: 0.1 },
    parents,
  );
  const withLabels = { ...parents, preferences: preferences.result.artifact };
  const reward = await runToEnd<RewardModelArtifact>(
    context,
    'reward',
    { steps: 300, learningRate: 3e-3 },
    withLabels,
  );
  return {
    base,
    ...withLabels,
    reward: reward.result.artifact,
    runs: { pretrain, sft, preferences, reward },
  };
}

/** What arms need, from random weights and with two pairs: where it matters what is computed, not what was learned. */
export function untrainedTrunk(): Pick<Trunk, 'sft' | 'preferences' | 'reward'> {
  const config = { vocabSize: VOCABULARY.length, ...MODEL_SIZES.nano };
  const [sft, reward] = [1, 2].map((seed) => initialWeights(config, rngFrom(seed, 'weights')));
  const rng = rngFrom(3, 'score head'); // else it scores all alike
  const pair = { prompt: [1, 5, 6], chosen: [7, 8, 2], rejected: [9, 2], goldChosen: 1, goldRejected: 0 };
  const pairs = [pair, { ...pair, prompt: [1, 7], chosen: [6, 2] }];
  return {
    sft: { kind: 'model', config, weights: sft! },
    reward: {
      kind: 'reward',
      config,
      weights: reward!.map((w) => w + 0.1 * rng.normal()),
      mean: 0,
      deviation: 1,
    },
    preferences: { kind: 'preferences', pairs, heldOut: pairs },
  };
}

export const openEngine = (): Promise<Engine> => createFusedEngine('wasm');

export interface Recorded {
  engine: Engine;
  /** The terms of every update of every model, in order. */
  updates: (readonly LossTerm[])[];
}

/** The same engine, noting what its models are trained on. */
export function recording(engine: Engine): Recorded {
  const updates: (readonly LossTerm[])[] = [];
  const watch = (model: LanguageModel): LanguageModel =>
    new Proxy(model, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]): unknown => {
          if (name === 'update') updates.push(args[0] as readonly LossTerm[]);
          if (name === 'updates')
            for (const { terms } of args[0] as readonly UpdateStep[]) updates.push(terms);
          return member.apply(target, args);
        };
      },
    });
  return {
    updates,
    engine: { ...engine, createModel: (config, weights) => watch(engine.createModel(config, weights)) },
  };
}
