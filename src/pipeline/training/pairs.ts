import type { LanguageModel, Matrix } from '../../engine/types';
import {
  streamOf,
  type MetricDeclarations,
  type MetricsEvent,
  type PreferencePair,
  type StageContext,
} from '../contract/stage';
import { sequence } from '../data/tokens';
import { dpoOnPairs, type PairLossOptions } from '../losses/dpo';
import { zeros } from '../maths/matrix';
import { shuffledBatches } from './batches';
import { DivergenceGuard, isLogged } from './guard';
import { adamw, warmupSchedule } from './optimizer';

/** What `trainOnPairs` logs. */
export const PAIR_METRICS = {
  loss: 'loss',
  'rewards/chosen': 'reward',
  'rewards/rejected': 'reward',
  'rewards/margins': 'reward',
  'rewards/accuracies': 'loss',
  'logps/chosen': 'logps',
  'logps/rejected': 'logps',
  'logps/ref_chosen': 'logps',
  'logps/ref_rejected': 'logps',
  grad_norm: 'optimiser',
} satisfies MetricDeclarations;

/** How DPO trains on pairs. */
export interface PairTraining extends PairLossOptions {
  /** Updates. */
  steps: number;
  /** Pairs per update. */
  batchSize: number;
  learningRate: number;
}

/** Pairs that the reference scores in one go; at first fewer, so that the first update does not wait for all. */
const PAIRS_AHEAD = 512;

/** Log-probs of a pair's completion tokens under the reference, nats. */
interface ReferencePair {
  chosen: Float32Array;
  rejected: Float32Array;
}

/** The DPO loop on a fixed set of pairs; `stage` names its streams. Rows count from 1. */
export async function* trainOnPairs(
  context: StageContext,
  stage: 'dpo' | 'online-dpo',
  s: PairTraining,
  pairs: readonly PreferencePair[],
  policy: LanguageModel,
  reference: LanguageModel,
): AsyncGenerator<MetricsEvent, void, void> {
  const guard = new DivergenceGuard(stage, policy, s.learningRate);
  await guard.start();
  const order = streamOf(context, stage, 'order');
  const batches = shuffledBatches(pairs.length, s.batchSize, (xs) => order.shuffle(xs));
  const cached = new Map<PreferencePair, ReferencePair>();
  let ahead: PreferencePair[][] = [];
  let updatesAhead = 1;
  let samples = 0;
  let tokens = 0;

  for (let update = 1; update <= s.steps; update++) {
    if (ahead.length === 0) await drawAhead(s.steps - update + 1);
    const drawn = ahead.shift()!;
    const batch = chosenThenRejected(drawn);
    samples += drawn.length;
    tokens += batch.reduce((sum, row) => sum + row.ids.length, 0);
    const report = await policy.update(
      [{ batch, want: { logProbs: true }, loss: dpoOnPairs(referenceOf(drawn), s) }],
      adamw(warmupSchedule(update - 1, s.learningRate, 10)),
      isLogged(update, s.steps) && 'weights',
    );
    if (!report) continue;
    await guard.check(update, report);
    yield {
      type: 'metrics',
      update,
      updates: s.steps,
      samples,
      tokens,
      metrics: { loss: report.loss, ...report.metrics, grad_norm: report.gradNorm },
    };
  }

  /** The pairs of the next updates, scored by the reference together. */
  async function drawAhead(left: number): Promise<void> {
    const count = Math.min(updatesAhead, left);
    ahead = Array.from({ length: count }, () => batches.next().value!.map((i) => pairs[i]!));
    updatesAhead = Math.max(1, Math.min(2 * updatesAhead, Math.floor(PAIRS_AHEAD / s.batchSize)));
    await cacheReference(ahead.flat());
  }

  /** Log-probs of the frozen reference; each pair is scored once. */
  async function cacheReference(drawn: readonly PreferencePair[]): Promise<void> {
    const missing = [...new Set(drawn)].filter((p) => !cached.has(p));
    if (missing.length === 0) return;
    const { logProbs } = await reference.evaluate(chosenThenRejected(missing), { logProbs: true });
    const { cols, data } = logProbs!;
    const row = (r: number, { length }: readonly number[]) => data.slice(r * cols, r * cols + length);
    missing.forEach((pair, i) =>
      cached.set(pair, { chosen: row(i, pair.chosen), rejected: row(missing.length + i, pair.rejected) }),
    );
  }

  /** [B, C] of a batch. */
  function referenceOf(drawn: readonly PreferencePair[]): Matrix {
    const found = drawn.map((p) => cached.get(p)!);
    const rows = [...found.map((p) => p.chosen), ...found.map((p) => p.rejected)];
    const all = zeros(rows.length, Math.max(...rows.map((row) => row.length)));
    rows.forEach((row, r) => all.data.set(row, r * all.cols));
    return all;
  }
}

/** The chosen answers of all pairs, then the rejected ones. */
export const chosenThenRejected = (pairs: readonly PreferencePair[]) => [
  ...pairs.map((p) => sequence(p.prompt, p.chosen)),
  ...pairs.map((p) => sequence(p.prompt, p.rejected)),
];
