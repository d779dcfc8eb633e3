import type { Checkpoint } from './checkpoint';
import type { GraphNode } from './graph';
import type { NodeRun } from './node-run';
import type { CheckpointEvent } from './runner';

/**
 * Where results and checkpoints outlive the lab, by key. Nothing rejects: a lab whose results cannot be kept goes on
 * without, and it is for the keeper to say so.
 */
export interface KeptResults {
  /** Shortest time between two checkpoints of a stage, seconds. */
  readonly checkpointEvery: number;
  /** A run as it was kept: finished, or as far as its last checkpoint (`interrupted`). Undefined: none. */
  load(key: string): Promise<NodeRun | undefined>;
  /** The run of a node begins, or (`goOn`) goes on from its last checkpoint. */
  open(node: GraphNode, goOn: boolean): Promise<Keeping>;
}

/** One run that is being kept. */
export interface Keeping {
  /** Where to go on from; absent: from the first row. */
  resume?: Checkpoint;
  /** Resolves when it is kept, or cannot be. */
  save(run: NodeRun, checkpoint: CheckpointEvent): Promise<void>;
  /** The checkpoint did not fit: what follows is a run from the first row. */
  restart(): void;
  /** It has a result. */
  finish(run: NodeRun): Promise<void>;
  /** Nothing more comes. What was saved stays. */
  close(): void;
}
