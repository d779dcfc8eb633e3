import type { z } from 'zod';
import { message, MessageError } from '../../messages';
import type { Artifact } from '../../pipeline/contract/artifacts';
import type { TokenRecord } from '../../pipeline/contract/rollout';
import type { Evaluation, FinalAnswers } from '../../pipeline/contract/stage';
import type { LabConfig } from '../../pipeline/lab/config';
import type { Graph, GraphNode } from '../../pipeline/lab/graph';
import type { NodeRun, NodeView } from '../../pipeline/lab/lab';
import type { TimedEvent } from '../../pipeline/lab/runner';
import { at, bytesOfJson, fileOf, jsonOfFile, MOST_BYTES, type Files } from '../files';
import { graphOf } from '../config';
import { artifactBytes, digest } from '../digest';
import { unzipped, zipped } from '../zip';
import { artifactOf } from './artifact';
import { LAB_VERSION, labSchema, runSchema, versionSchema, written, type LabSample } from './schema';

/** How the file of a whole lab is called. */
export const LAB_EXTENSION = '.alignlet';
const LAB_FILE = 'lab.json';

/** A finished run of the node with this id. */
export interface NamedRun {
  id: string;
  run: NodeRun;
}

/** A lab as it leaves, and comes back. */
export interface LabContents {
  /** Of the demo it began with, or `free`. */
  name: string;
  config: LabConfig;
  /** Runs that have come to an end, of the settings of now or of earlier ones. */
  runs: readonly NamedRun[];
  samples: readonly LabSample[];
}

export type { LabSample };

/** The runs of a lab that have come to an end; what is still going on cannot be taken along. */
export const finishedRuns = (nodes: readonly NodeView[]): NamedRun[] =>
  nodes.flatMap(({ node, run }) => (run?.result || run?.failure ? [{ id: node.id, run }] : []));

/** A whole lab as one file: everything that it shows and goes on with, numbers and weights to the last bit. */
export function labFile({ name, config, runs, samples }: LabContents): Uint8Array<ArrayBuffer> {
  const files = new Map<string, Uint8Array>();
  const stages: Record<string, RunDigests> = {};
  for (const { id, run } of runs) stages[id] = addRun(files, `stages/${id}`, run);
  const lab = { format: 'alignlet', version: LAB_VERSION, name, config, stages, samples };
  return zipped(new Map([[LAB_FILE, bytesOfJson(lab)], ...files]));
}

const runPath = (folder: string) => `${folder}/run.json`;
const artifactPath = (folder: string) => `${folder}/artifact.safetensors`;

/** SHA-256 of the files of a run. */
export interface RunDigests {
  run: string;
  artifact?: string | undefined;
}

/** Adds the files of a run, in a folder. */
export function addRun(files: Map<string, Uint8Array>, folder: string, run: NodeRun): RunDigests {
  const artifact = run.result?.artifact ?? run.lastGood;
  const rows = bytesOfJson(writtenRun(run));
  files.set(runPath(folder), rows);
  if (!artifact) return { run: digest(rows) };
  const made = artifactBytes(artifact);
  files.set(artifactPath(folder), made);
  return { run: digest(rows), artifact: digest(made) };
}

const writtenAll = (values: object) =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, x]) => (typeof x === 'number' ? [[name, written(x)]] : [])),
  );

function writtenRun({ key, made, source, seconds, events, notices, result, failure }: NodeRun) {
  const { seed, size, settings } = made!;
  return {
    key,
    made: { seed, size, settings },
    source,
    seconds,
    events: events.map((event) => {
      const { type, update, updates, samples, tokens, seconds } = event;
      const values = type === 'metrics' ? event.metrics : event.evaluation;
      const records = type === 'metrics' ? event.records?.map(writtenRecord) : undefined;
      return {
        ...{ type, update, updates, samples, tokens, seconds, [type]: writtenAll(values) },
        ...(records ? { records } : {}),
      };
    }),
    notices,
    ...(result ? { summary: writtenAll(result.summary) } : {}),
    ...(result?.answers
      ? { answers: { gold: writtenList(result.answers.gold), length: writtenList(result.answers.length) } }
      : {}),
    ...(failure ? { failure } : {}),
  };
}

const writtenRecord = (record: TokenRecord) =>
  Object.fromEntries(
    Object.entries(record).map(([name, value]: [string, number | readonly number[]]) => [
      name,
      typeof value === 'number' ? written(value) : value.map(written),
    ]),
  );

const writtenList = (values: Float64Array) => Array.from(values, written);

/** Whether these are the files of a whole lab. */
export const isLab = (files: Files): boolean => files.has(LAB_FILE);

/** Reads what labFile wrote. Throws a MessageError that names file and field. */
export const readLabFile = (bytes: Uint8Array, name: string): LabContents => readLab(unzipped(bytes, name));

/** The same of the unpacked files. */
export function readLab(files: Files): LabContents {
  const { version } = jsonOfFile(files, LAB_FILE, versionSchema);
  if (version > LAB_VERSION)
    throw new MessageError(message('exchange.version', { version, most: LAB_VERSION }));
  const { name, config: shaped, stages, samples } = jsonOfFile(files, LAB_FILE, labSchema);
  const config = shaped as LabConfig;
  const graph = at(LAB_FILE, () => graphOf(config));
  const runs = Object.entries(stages).map(([id, digests]) => ({
    id,
    run: readStage(files, graph, id, digests),
  }));
  return { name, config, runs, samples };
}

function readStage(files: Files, graph: Graph, id: string, digests: RunDigests): NodeRun {
  const node = graph.find((n) => n.id === id);
  if (!node) {
    const problem = message('name.unknown', {});
    throw new MessageError(message('at', { path: `${LAB_FILE}: stages.${id}`, problem }));
  }
  return readRunIn(files, `stages/${id}`, node, digests);
}

/** Reads what addRun added. Throws a MessageError where it is not a run of this node. */
export function readRunIn(files: Files, folder: string, node: GraphNode, digests: RunDigests): NodeRun {
  const [rows, made] = [runPath(folder), artifactPath(folder)];
  checkDigest(files, rows, digests.run);
  const stored = jsonOfFile(files, rows, runSchema);
  const run = at(rows, () => runOf(stored, node));
  if (digests.artifact === undefined) {
    if (run.result) throw new MessageError(message('exchange.missing', { file: made }));
    return run;
  }
  checkDigest(files, made, digests.artifact);
  const artifact = at(made, () => {
    const bytes = fileOf(files, made, MOST_BYTES.weights);
    return artifactOf(bytes, node.stage, run.made!.size);
  });
  if (run.result) run.result = { ...run.result, artifact };
  else if (artifact.kind === 'model') run.lastGood = artifact;
  return run;
}

function checkDigest(files: Files, file: string, expected: string): void {
  if (digest(fileOf(files, file, MOST_BYTES.weights)) !== expected)
    throw new MessageError(message('exchange.changed', { file }));
}

type StoredNodeRun = z.infer<typeof runSchema>;

/** A run without its artifact. Settings of a key that the node still has must be the node's. */
function runOf(stored: StoredNodeRun, node: GraphNode): NodeRun {
  const { key, made, source, seconds, notices, summary, answers, failure } = stored;
  if ((summary === undefined) === (failure === undefined))
    throw new MessageError(message('at', { path: 'summary', problem: message('exchange.oneEnd', {}) }));
  const own = { seed: node.seed, size: node.size, settings: node.settings };
  if (key === node.key) checkMade(made, own);
  return {
    key,
    made: key === node.key ? own : made,
    source,
    seconds,
    events: stored.events.map(eventOf),
    notices,
    ...(summary
      ? { result: { artifact: NOTHING, summary, ...(answers ? { answers: answersOf(answers) } : {}) } }
      : {}),
    ...(failure
      ? {
          failure: {
            message: failure.message,
            ...(failure.update === undefined ? {} : { update: failure.update }),
          },
        }
      : {}),
  };
}

const NOTHING: Artifact = { kind: 'packed-preferences', bytes: new Uint8Array() };

function checkMade(made: StoredNodeRun['made'], own: StoredNodeRun['made'] | GraphMade): void {
  for (const [name, got, expected] of [
    ['made.seed', made.seed, own.seed],
    ['made.size', made.size, own.size],
    ...[...new Set([...Object.keys(made.settings), ...Object.keys(own.settings)])].map(
      (name) => [`made.settings.${name}`, made.settings[name], own.settings[name]] as const,
    ),
  ] as const) {
    const [is, should] = [got, expected].map((value) => JSON.stringify(value) ?? 'undefined') as [
      string,
      string,
    ];
    if (is !== should)
      throw new MessageError(message('exchange.differs', { name, got: is.slice(0, 60), expected: should }));
  }
}

type GraphMade = Pick<GraphNode, 'seed' | 'size' | 'settings'>;

const eventOf = (event: StoredNodeRun['events'][number]): TimedEvent =>
  event.type === 'metrics'
    ? (event as TimedEvent)
    : { ...event, evaluation: event.evaluation as unknown as Evaluation };

function answersOf({ gold, length }: { gold: number[]; length: number[] }): FinalAnswers {
  if (gold.length !== length.length) {
    const values = { name: 'answers.length', got: String(length.length), expected: String(gold.length) };
    throw new MessageError(message('exchange.differs', values));
  }
  return { gold: Float64Array.from(gold), length: Float64Array.from(length) };
}
