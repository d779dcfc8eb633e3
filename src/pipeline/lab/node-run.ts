import type { Message } from '../../messages';
import type { LanguageModelArtifact, SharedRole, StageResult } from '../contract/stage';
import type { GraphNode } from './graph';
import type { TimedEvent } from './runner';

/** What a result was made with. */
export type Made = Pick<GraphNode, 'seed' | 'settings' | 'size'>;

/** What is known of one run of one node. */
export interface NodeRun {
  key: string;
  /** What it was made with; the node itself may have other settings by now. */
  made?: Made;
  events: TimedEvent[];
  source: 'live' | 'shipped';
  seconds: number;
  result?: StageResult;
  failure?: { message: Message; update?: number };
  /** It stopped at its last checkpoint, with neither a result nor a failure, and can go on from there. */
  interrupted?: true;
  /** Keys of what several runs share and this one was given: it can only go on with the same. */
  given?: Partial<Record<SharedRole, string>>;
  /** What happened on the way that is worth knowing, for example a lost device. */
  notices: Message[];
  /** Last good weights of a run that failed. */
  lastGood?: LanguageModelArtifact;
  /** Weights at the latest evaluation of a run without a result; earlier ones are not kept. */
  latestWeights?: Float32Array;
}
