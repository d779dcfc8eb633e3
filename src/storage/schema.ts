import type { DBSchema } from 'idb';
import type { Answer, Checkpoint } from '../pipeline/lab/checkpoint';
import type { LabConfig } from '../pipeline/lab/config';
import type { NodeRun } from '../pipeline/lab/node-run';
import type { TimedEvent } from '../pipeline/lab/runner';
import type { StageName } from '../pipeline/stages';

/** Name and version of the database. A later version of the page raises the version and upgrades in `database.ts`. */
export const DATABASE = 'alignlet';
export const VERSION = 1;

/** What is said of a result or checkpoint without loading it. */
export interface Entry {
  /** Of the result (see GraphNode.key). */
  key: string;
  kind: 'result' | 'checkpoint';
  stage: StageName;
  /** Bytes, about. */
  bytes: number;
  /** When it was last written, milliseconds since 1970. */
  at: number;
  /** Rows of a checkpoint. */
  rows?: number;
  /** Keys of what a checkpoint needs beside its inputs (NodeRun.given). */
  given?: string[];
  /** Updates done and planned, of a checkpoint. */
  update?: number;
  updates?: number;
  /** Headline figures of a result. */
  summary?: Record<string, number>;
}

/** Everything that a person ran together: a configuration and the results that it is made of. */
export interface StoredRun {
  /** Hash of the keys of its nodes: running the same again is the same run. */
  id: string;
  config: LabConfig;
  /** The lesson that was open. */
  demo: string | null;
  /** Milliseconds since 1970. */
  begun: number;
  changed: number;
  /** Keys of its nodes, by their ids. */
  keys: Record<string, string>;
}

/** Where a stage can go on from; its answers and events lie in `parts`. */
export interface Head extends Omit<Checkpoint, 'answers'> {
  key: string;
  /** Who wrote it: another writer's parts are not mixed with these. */
  writer: string;
  /** Parts 0 … parts − 1 belong to it. */
  parts: number;
  run: Omit<NodeRun, 'events'>;
}

export interface Part {
  key: string;
  seq: number;
  writer: string;
  answers: Answer[];
  events: TimedEvent[];
}

/** What a person makes. A new kind gets a line here and its name in each language (`kept.kinds`). */
export const OWN_KINDS = [
  'labels',
  'pairs',
  'demonstrations',
  'prompts',
  'text',
  'reward',
  'task',
  'sweep',
] as const;

export type OwnKind = (typeof OWN_KINDS)[number];

/** Something that a person made. Whoever has things of its kind says what their values are. */
export interface OwnThing<T = unknown> {
  kind: OwnKind;
  id: string;
  /** Milliseconds since 1970. */
  changed: number;
  value: T;
}

export interface Schema extends DBSchema {
  entries: { key: string; value: Entry };
  runs: { key: string; value: StoredRun; indexes: { changed: number } };
  results: { key: string; value: NodeRun };
  heads: { key: string; value: Head };
  parts: { key: [key: string, seq: number]; value: Part };
  own: { key: [kind: OwnKind, id: string]; value: OwnThing };
}

export const STORES = ['entries', 'runs', 'results', 'heads', 'parts', 'own'] as const;
