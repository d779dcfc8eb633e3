import type { BackendName, HostOutputs, OptimizerState, UpdateReport } from '../../engine/types';

/**
 * How a stage is resumed in the middle. A stage is a deterministic function of what its engine answers, so a checkpoint
 * is all answers so far and the models as they stand: the stage begins again, is given those answers in place of
 * computing them, and when there are no more the models are loaded and it goes on. Its streams, batches and running
 * measures come to stand where they stood because they are drawn again, in a thousandth of the time; no stage has to
 * know of it, and on the same backend the rest is bit by bit what it would have been. (Event sourcing, as in durable
 * workflow engines.)
 */
export interface Checkpoint {
  /** Events that the stage had yielded. */
  rows: number;
  /** Seconds of work behind them. */
  seconds: number;
  /** Digest of these events: a stage that yields others while it is given the answers is not the same stage. */
  digest: number;
  /** Where they were computed: on another backend the rest is as good, but not the same. */
  backend: BackendName;
  /** Answers of the engine, in the order in which they were asked for. */
  answers: Answer[];
  /** Models that are alive and differ from what they were made of. */
  models: ModelState[];
}

/** A model in a checkpoint. */
export interface ModelState {
  /** Its place among the models that the stage has made. */
  id: number;
  /** How often it had changed. */
  changes: number;
  /** [P], laid out as `parameterLayout`. */
  weights: Float32Array;
  optimizer: OptimizerState | null;
}

export type Call =
  | 'evaluate'
  | 'evaluateTogether'
  | 'nextLogits'
  | 'gradients'
  | 'update'
  | 'updates'
  | 'generate'
  | 'weights';

/** One answer of the engine, without weights: those that still matter are in the models. */
export interface Answer {
  call: Call;
  /** Which model was asked; −1: several. */
  model: number;
  /** What came of it, flat; null for an update that was not read. */
  value: unknown;
  /** So many answers like this one in a row; absent: one. */
  times?: number;
}

/** A rollout without arrays in arrays. */
export interface FlatRollout {
  /** All completions, one after the other. */
  tokens: Uint16Array;
  /** [B] */
  lengths: Uint16Array;
  /** [B], 1: ended with `<eos>`. */
  finished: Uint8Array;
  readbacks: number;
  outputs?: HostOutputs;
}

/** A report; `weights` says that there were some. */
export type FlatReport = Omit<UpdateReport, 'weights'> & { weights: boolean };

/** FNV-1a over the JSON of each event, without weights. `digest` of none is 0. */
export function digestOf(before: number, event: object): number {
  const text = JSON.stringify(event, (name, value: unknown) => (name === 'weights' ? undefined : value));
  let hash = (before ^ 0x811c9dc5) >>> 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}

/** Rows of equal, unread updates as one. */
export function compact(answers: readonly Answer[]): Answer[] {
  const all: Answer[] = [];
  for (const answer of answers) {
    const last = all.at(-1);
    const isSame = last?.value === null && answer.value === null;
    if (isSame && last.call === answer.call && last.model === answer.model)
      last.times = (last.times ?? 1) + (answer.times ?? 1);
    else all.push({ ...answer });
  }
  return all;
}

/** Bytes of everything flat in a value, about. */
export function bytesOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (value === null || typeof value !== 'object') return 8;
  return Object.values(value).reduce((sum: number, inner) => sum + bytesOf(inner), 16);
}
