import { z } from 'zod';
import { message, MessageError } from '../messages';
import { preferencesOf } from '../pipeline/contract/packed-preferences';
import type { Artifact, PreferencesArtifact } from '../pipeline/contract/artifacts';
import { demonstrations, type DemonstrationChoice } from '../pipeline/data/demonstrations';
import { streamOf } from '../pipeline/contract/stage';
import { drawPrompts } from '../pipeline/data/tokens';
import { defaultSettings, labConfigSchema, type LabConfig } from '../pipeline/lab/config';
import { buildGraph, type Graph, type GraphNode } from '../pipeline/lab/graph';
import { MODEL_SIZES } from '../model/config';
import { STAGES } from '../pipeline/stages';
import { drawEvaluationPrompts } from '../pipeline/measures/evaluate';
import { taskByName } from '../world';
import {
  demonstrationRows,
  hasTable,
  preferenceFiles,
  promptRows,
  readPreferences,
  tableFiles,
} from './data/tables';
import { at, bytesOfJson, inside, jsonOfFile, within, type Files } from './files';
import { graphOf } from './config';
import { artifactDigest, digestSchema } from './digest';
import { cardFile } from './hf/card';
import { modelFiles, readModel, type ModelArtifact } from './hf/model';
import { onnxFile } from './onnx/gpt2';

/** A run as it leaves: what was asked for, and what was made. */
export interface ExchangedRun {
  name: string;
  config: LabConfig;
  /** Headline figures by node. */
  figures: Record<string, Record<string, number>>;
  /** By node of the configuration's graph; some may be missing. */
  artifacts: ReadonlyMap<string, Artifact>;
}

/** What a run is said to be, beside its parts. */
export const RUN_FILE = 'alignlet.json';

const figures = z.record(z.string().max(200), z.record(z.string().max(200), z.number()));
const digests = z.record(z.string().max(200), digestSchema);

const runSchema = z.strictObject({
  format: z.literal(1),
  name: z.string().min(1).max(200),
  config: labConfigSchema,
  figures,
  /** SHA-256 of every artifact as it was written: what was trained on elsewhere is not the run's result any more. */
  digests,
});

export const runFile = ({ name, config, figures: all, artifacts }: ExchangedRun) =>
  bytesOfJson({
    ...{ format: 1, name, config, figures: all },
    digests: Object.fromEntries([...artifacts].map(([id, artifact]) => [id, artifactDigest(artifact)])),
  });

/** What `alignlet.json` says, with the graph that belongs to it. Throws a MessageError that names the field. */
function readRunFile(
  files: Files,
): Omit<ExchangedRun, 'artifacts'> & { graph: Graph; digests: Record<string, string> } {
  const { name, config: shaped, figures, digests } = jsonOfFile(files, RUN_FILE, runSchema);
  const config = shaped as LabConfig;
  return { name, config, figures, digests, graph: at(RUN_FILE, () => graphOf(config)) };
}

const isModel = (artifact: Artifact): artifact is ModelArtifact =>
  artifact.kind === 'model' || artifact.kind === 'reward';

/** The models of a run with their nodes. */
export const modelsOf = ({
  config,
  artifacts,
}: ExchangedRun): { node: GraphNode; artifact: ModelArtifact }[] =>
  buildGraph(config).flatMap((node) => {
    const artifact = artifacts.get(node.id);
    return artifact && isModel(artifact) ? [{ node, artifact }] : [];
  });

const preferencesIn = (artifacts: ExchangedRun['artifacts']): [id: string, PreferencesArtifact][] =>
  [...artifacts].flatMap(([id, artifact]): [string, PreferencesArtifact][] => {
    const preferences = preferencesOf(artifact);
    return preferences ? [[id, preferences]] : [];
  });

/** Trained with a mask that no pipeline of transformers.js passes. */
export const isPrefixModel = ({ settings }: GraphNode): boolean => settings['attention'] === 'prefix';

/** One model as a folder, with its card, and for JavaScript as ONNX where `isOnnx`. */
export function modelFolder(
  run: ExchangedRun,
  node: GraphNode,
  artifact: ModelArtifact,
  isOnnx: boolean,
): Files {
  const hasTask = !STAGES[node.stage].taskFree;
  const files = modelFiles(artifact, hasTask ? taskByName(run.config.task).maxNewTokens : undefined);
  const isInJavaScript = isOnnx && artifact.kind === 'model' && !isPrefixModel(node);
  files.set('README.md', cardFile(run, node, artifact, isInJavaScript));
  if (isInJavaScript) files.set('onnx/model.onnx', onnxFile(artifact));
  return files;
}

/**
 * A run in the layout of the Hugging Face Hub: `models/<node>` each as one repository, `data/<table>` in TRL's formats, and
 * what the run was in `alignlet.json`. With `isOnnx` each language model also has `onnx/model.onnx`.
 */
export function runFiles(run: ExchangedRun, isOnnx = false): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>([[RUN_FILE, runFile(run)]]);
  const add = (folder: string, more: Files) => {
    for (const [path, bytes] of within(folder, more)) files.set(path, bytes);
  };
  for (const { node, artifact } of modelsOf(run))
    add(`models/${node.id}`, modelFolder(run, node, artifact, isOnnx));
  add('data', run.artifacts.size > 1 ? dataFiles(run) : labelledFiles(run));
  return files;
}

/** The tables of a run: labelled pairs, demonstrations and prompts, each in a folder of its own. */
export const dataFiles = (run: ExchangedRun): Map<string, Uint8Array> =>
  new Map([...labelledFiles(run), ...drawnFiles(run)]);

const labelledFiles = ({ artifacts }: ExchangedRun): Map<string, Uint8Array> =>
  new Map(preferencesIn(artifacts).flatMap(([id, artifact]) => [...within(id, preferenceFiles(artifact))]));

/** Demonstrations in the order in which SFT learned from them, and prompts in the order in which PPO answers them. */
function drawnFiles({ config }: ExchangedRun): Map<string, Uint8Array> {
  const task = taskByName(config.task);
  const graph = buildGraph(config);
  const sft = graph.find(({ id }) => id === 'sft');
  const settings = (sft?.settings ??
    defaultSettings(config.task, 'sft', config.size)) as unknown as DemonstrationChoice & {
    steps: number;
    batchSize: number;
  };
  const run = { seed: config.seed, task };
  const ofSft = { seed: sft?.seed ?? config.seed, task };
  const next = demonstrations(task, streamOf(ofSft, 'sft', 'data'), settings);
  const shown = Array.from({ length: settings.steps * settings.batchSize }, next);
  const { iterations, rolloutBatch } = (graph.find(({ stage }) => stage === 'ppo')?.settings ??
    defaultSettings(config.task, 'ppo', config.size)) as { iterations: number; rolloutBatch: number };
  const asked = drawPrompts(task, streamOf(run, 'ppo', 'prompts'), 'train', iterations * rolloutBatch);
  const heldOut = drawEvaluationPrompts(run, config.evaluation.finalPrompts);
  return new Map([
    ...within('demonstrations', tableFiles('demonstrations', 'train', demonstrationRows(shown))),
    ...within('prompts', tableFiles('prompts', 'train', promptRows(asked.ids))),
    ...within('prompts', tableFiles('prompts', 'test', promptRows(heldOut.ids))),
  ]);
}

/**
 * Reads what runFiles wrote: `alignlet.json` and, of its nodes, the models and tables that are there; `changed` are the
 * nodes whose artifact is not what the run has made. Rejects with a MessageError that names file and field.
 */
export async function readRun(files: Files): Promise<ExchangedRun & { changed: string[] }> {
  const { graph, digests, ...run } = readRunFile(files);
  const task = taskByName(run.config.task);
  const artifacts = new Map<string, Artifact>();
  for (const { id, size } of graph) {
    const folder = `models/${id}`;
    const model = inside(folder, files);
    if (model.has('config.json'))
      artifacts.set(
        id,
        at(folder, () => readModel(model)),
      );
    else if (hasTable(files, `data/${id}`, 'train'))
      artifacts.set(id, await readPreferences(files, `data/${id}`, task, MODEL_SIZES[size].nPositions));
  }
  if (artifacts.size === 0)
    throw new MessageError(message('exchange.nothing', { expected: graph.map(({ id }) => `models/${id}`) }));
  const changed = [...artifacts].flatMap(([id, artifact]) =>
    artifactDigest(artifact) === digests[id] ? [] : [id],
  );
  return { ...run, artifacts, changed };
}
