import type { AdamWOptions, LossTerm, Matrix, UpdateReport, UpdateStep } from '../../engine/types';
import type { Rng } from '../../random/rng';
import type { packedCorpus } from '../../world';
import { corpusBatch } from '../data/corpus';
import { ppoLoss, separateValueLoss } from '../losses/ppo';
import { weightedLikelihood } from '../losses/sft';
import { selectRows } from '../maths/matrix';
import { cutInto } from '../training/batches';
import { adamw } from '../training/optimizer';
import type { Experience, PpoModels } from './ppo.experience';
import type { PpoSettings } from './ppo.settings';

/** Web text that PPO-ptx mixes in, and the stream that picks from it. */
export interface PretrainMix {
  corpus: ReturnType<typeof packedCorpus>;
  stream: Rng;
}

/** A step of the policy and, where there is a value model, one of it, on the same rows. */
interface Minibatch {
  policy: UpdateStep;
  value: UpdateStep | null;
  tokens: number;
}

/**
 * Several epochs of minibatch updates on one batch of experience, and the tokens that they trained on. All of them are
 * read back together, the last report with the policy's weights; with `targetKl`, which looks at every report, one
 * after the other. Reports end with the first loss that is not a finite number: what the policy has learned after it
 * is not to be kept.
 */
export async function optimise(
  s: PpoSettings,
  models: PpoModels,
  experience: Experience,
  learningRate: number,
  { order, mix }: { order: Rng; mix: PretrainMix | null },
): Promise<{ reports: UpdateReport[]; trained: number }> {
  const optimizer = adamw(learningRate, { beta2: 0.95, epsilon: 1e-5 });
  const all = minibatches(s, experience, optimizer, order, mix);
  const groups = s.targetKl === null ? [[...all]] : oneByOne(all);
  const reports: UpdateReport[] = [];
  let trained = 0;
  for (const group of groups) {
    const found = await step(models, group, s.targetKl === null ? 'weights' : true);
    reports.push(...found);
    trained += group.slice(0, found.length).reduce((sum, { tokens }) => sum + tokens, 0);
    const last = found[found.length - 1]!;
    const tooFar = s.targetKl !== null && last.metrics['approxKl']! > s.targetKl;
    if (tooFar || !Number.isFinite(last.loss)) break;
  }
  return { reports, trained };
}

/** Updates on minibatches, up to the first whose loss is not finite. */
async function step(
  { policy, value }: PpoModels,
  group: readonly Minibatch[],
  read: true | 'weights',
): Promise<UpdateReport[]> {
  const found = await policy.updates(
    group.map((part) => part.policy),
    read,
  );
  const broken = found.findIndex((report) => !Number.isFinite(report.loss));
  const reports = broken < 0 ? found : found.slice(0, broken + 1);
  if (value) {
    const theirs = await value.updates(group.slice(0, reports.length).map((part) => part.value!));
    theirs.forEach(({ metrics }, i) => Object.assign(reports[i]!.metrics, metrics));
  }
  return reports;
}

/** Minibatches of every epoch; streams are drawn from as they are asked for. */
function* minibatches(
  s: PpoSettings,
  e: Experience,
  optimizer: AdamWOptions,
  order: Rng,
  mix: PretrainMix | null,
): Generator<Minibatch, void, void> {
  for (let epoch = 0; epoch < s.epochs; epoch++) {
    const rows = order.shuffle(e.batch.map((_, i) => i));
    for (const part of cutInto(rows, s.minibatches)) yield minibatch(s, e, part, optimizer, mix);
  }
}

/** The clipped policy and value losses on the given rows. */
function minibatch(
  s: PpoSettings,
  e: Experience,
  rows: readonly number[],
  optimizer: AdamWOptions,
  mix: PretrainMix | null,
): Minibatch {
  const batch = rows.map((r) => e.batch[r]!);
  const cols = Math.max(...batch.map((row) => row.ids.length - row.start));
  const part = (m: Matrix) => selectRows(m, rows, cols);
  const targets = {
    oldLogProbs: part(e.oldLogProbs),
    advantages: part(e.advantages),
    oldValues: part(e.oldValues),
    returns: part(e.returns),
  };
  const shared = s.valueModel === 'shared';
  const want = { logProbs: true, entropy: true, values: shared };
  const terms: LossTerm[] = [{ batch, want, loss: ppoLoss(targets, s, shared) }];
  if (mix) {
    const { corpus, stream } = mix;
    const offsets = Array.from({ length: 16 }, () => stream.int(0, corpus.length - 50));
    terms.push({
      batch: corpusBatch(corpus, offsets, 49),
      want: { logProbs: true },
      loss: weightedLikelihood(s.pretrainCoef, 'pretrainLoss'),
    });
  }
  const valueTerms = [{ batch, want: { values: true }, loss: separateValueLoss(targets, s.valueClip) }];
  return {
    policy: { terms, optimizer },
    value: s.valueModel === 'separate' ? { terms: valueTerms, optimizer } : null,
    tokens: batch.reduce((sum, row) => sum + row.ids.length, 0),
  };
}

function* oneByOne<T>(items: Iterable<T>): Generator<T[], void, void> {
  for (const item of items) yield [item];
}
