import type { Evaluation } from './evaluation';
import type { TokenRecord } from './rollout';

/** One row of training metrics, names as in TRL. */
export interface MetricsEvent {
  type: 'metrics';
  /** Updates done so far, counted from 1 (PPO: iterations; others: optimiser steps). */
  update: number;
  updates: number;
  /** Training examples used so far (rollouts, pairs or sequences). */
  samples: number;
  /** Tokens passed through training and sampling so far. */
  tokens: number;
  metrics: Record<string, number>;
  /** A few of the answers that this update learned from; not at every update. */
  records?: readonly TokenRecord[];
  /** Snapshot of the weights now and then, so that a model that is not measured can be asked meanwhile. */
  weights?: Float32Array;
}

/** An evaluation of the model as it stands after `update` updates. */
export interface EvaluationEvent {
  type: 'evaluation';
  update: number;
  updates: number;
  samples: number;
  tokens: number;
  evaluation: Evaluation;
  /** Snapshot of the weights, for sampling while training goes on. */
  weights?: Float32Array;
}

export type StageEvent = MetricsEvent | EvaluationEvent;
