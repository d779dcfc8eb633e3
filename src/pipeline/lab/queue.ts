import type { ModelSize } from '../../model/config';
import type { StageName } from '../stages';
import type { Settings } from './config';
import type { GraphNode } from './graph';
import type { SweepGraphs, SweepRun } from './sweep';

export type QueueStatus = 'waiting' | 'running' | 'done' | 'failed' | 'skipped';

/** A run of a sweep and how far it is. */
export interface Queued extends SweepRun {
  status: QueueStatus;
  /** Of one that waits: 1 is next. */
  place?: number;
  /** Of one that runs: the share of its updates that is done, 0…1. */
  share?: number;
}

/** What is known of runs, by the keys of their results. */
export interface Progress {
  done: { has(key: string): boolean };
  failed: { has(key: string): boolean };
  /** Shares of what is being trained. */
  running: { get(key: string): number | undefined };
  skipped: { has(key: string): boolean };
}

/** The runs in their order, each with its place. What is done stays done, even where it was to be skipped. */
export function queueOf(runs: readonly SweepRun[], known: Progress): Queued[] {
  let place = 0;
  return runs.map((run): Queued => {
    const { key } = run;
    if (known.done.has(key)) return { ...run, status: 'done' };
    if (known.failed.has(key)) return { ...run, status: 'failed' };
    if (known.skipped.has(key)) return { ...run, status: 'skipped' };
    const share = known.running.get(key);
    if (share !== undefined) return { ...run, status: 'running', share };
    return { ...run, status: 'waiting', place: ++place };
  });
}

/** How long a stage took, or as far as it is known would take. */
export interface Pace {
  stage: StageName;
  size: ModelSize;
  settings: Settings;
  seconds: number;
}

/** Settings that a stage's work grows with: how often, and how much at a time. */
const OFTEN = ['steps', 'iterations', 'rounds', 'pairs'];
const AT_A_TIME = ['batchSize', 'rolloutBatch'];

const firstOf = (settings: Settings, names: readonly string[]): number => {
  const value = names.map((name) => settings[name]).find((v) => typeof v === 'number');
  return value ?? 1;
};
/** Samples that a stage goes through, about. */
export const workOf = (settings: Settings): number => firstOf(settings, OFTEN) * firstOf(settings, AT_A_TIME);

/** Seconds that a stage will take by others of its kind and size; undefined where none has been seen. */
export function expectedSeconds(
  { stage, size, settings }: Omit<Pace, 'seconds'>,
  seen: readonly Pace[],
): number | undefined {
  const alike = seen.filter((pace) => pace.stage === stage && pace.size === size);
  if (alike.length === 0) return undefined;
  const seconds = alike.reduce((sum, pace) => sum + pace.seconds, 0);
  const work = alike.reduce((sum, pace) => sum + workOf(pace.settings), 0);
  return (seconds / work) * workOf(settings);
}

/** Stages that are left: each once, however many runs build on it; with the trunk under what is left. */
export function stagesLeft(
  graphs: SweepGraphs,
  queue: readonly Queued[],
  isDone: (key: string) => boolean,
): GraphNode[] {
  const left = new Map<string, GraphNode>();
  for (const { seed, graph } of graphs) {
    const isLeft = ({ status }: Queued) => status === 'waiting' || status === 'running';
    const wanted = new Set(queue.filter((q) => q.seed === seed && isLeft(q)).map(({ arm }) => arm));
    for (const node of graph.toReversed()) {
      if (!wanted.has(node.id) || isDone(node.key)) continue;
      left.set(node.key, node);
      for (const input of Object.values(node.inputs)) wanted.add(input);
    }
  }
  return [...left.values()];
}

/** What is left, and who works on it. */
export interface Left {
  nodes: readonly GraphNode[];
  isArm: (id: string) => boolean;
  seen: readonly Pace[];
  /** Workers that train. */
  slots: number;
  /** Of what is being trained, by key. */
  share?: (key: string) => number | undefined;
}

/**
 * Seconds until all of them are done: arms side by side, the trunk under them one stage after the other. Undefined where
 * a stage among them has never been seen.
 */
export function secondsLeft({
  nodes,
  isArm,
  seen,
  slots,
  share = () => undefined,
}: Left): number | undefined {
  let [trunk, arms, count] = [0, 0, 0];
  for (const node of nodes) {
    const expected = expectedSeconds(node, seen);
    if (expected === undefined) return undefined;
    const left = expected * (1 - (share(node.key) ?? 0));
    if (!isArm(node.id)) trunk += left;
    else {
      arms += left;
      count++;
    }
  }
  return trunk + arms / Math.max(1, Math.min(slots, count));
}
