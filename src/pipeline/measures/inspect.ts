import type { Engine, LanguageModel, Matrix, Sequence } from '../../engine/types';
import { openModel } from '../contract/rule-model';
import type { LanguageModelArtifact, RewardModelArtifact } from '../contract/stage';

/** Asks models what they think of given words; nothing is sampled. */
export interface InspectRequest {
  models: readonly LanguageModelArtifact[];
  /** To be read token by token under every model. */
  rows: readonly Sequence[];
  /** What may come after these ids: log-probs of every word of the vocabulary under every model. */
  after?: readonly number[];
  /** Scores the rows, if given. */
  reward?: RewardModelArtifact;
}

export interface Inspection {
  models: {
    /** Of the completion tokens of each row, nats. */
    logProbs: number[][];
    /** Scalar head before each of them: the value of the state, where the model has learned one. */
    values: number[][];
    /** By id, [V], nats; of `after`. */
    next?: number[];
  }[];
  /** Of each row, in SFT standard deviations. */
  scores?: number[];
}

/** Log-probs, values and scores of given rows, and the whole next-token distribution after a prefix. */
export async function inspect(engine: Engine, request: InspectRequest): Promise<Inspection> {
  const { models, rows, after, reward } = request;
  const opened = async <T>(
    artifact: LanguageModelArtifact | RewardModelArtifact,
    look: (model: LanguageModel) => Promise<T>,
  ): Promise<T> => {
    const model = openModel(engine, artifact);
    try {
      return await look(model);
    } finally {
      model.dispose();
    }
  };
  const seen: Inspection['models'] = [];
  for (const artifact of models)
    seen.push(
      await opened(artifact, async (model) => {
        const read = rows.length ? await model.evaluate(rows, { logProbs: true, values: true }) : undefined;
        return {
          logProbs: rows.map((row, i) => rowOf(read!.logProbs!, i, row)),
          values: rows.map((row, i) => rowOf(read!.values!, i, row)),
          ...(after ? { next: await nextLogProbs(model, after) } : {}),
        };
      }),
    );
  if (!reward || rows.length === 0) return { models: seen };
  const raw = await opened(reward, async (model) => (await model.evaluate(rows, { scores: true })).scores!);
  return { models: seen, scores: Array.from(raw, (s) => (s - reward.mean) / reward.deviation) };
}

/**
 * log π(v | prefix) of every id v of the vocabulary, nats: a row for each, which share their prefix, so that the engine
 * computes it once.
 */
async function nextLogProbs(model: LanguageModel, prefix: readonly number[]): Promise<number[]> {
  const rows = Array.from({ length: model.config.vocabSize }, (_, id) => ({
    ids: [...prefix, id],
    start: prefix.length,
  }));
  const { logProbs } = await model.evaluate(rows, { logProbs: true });
  return Array.from(rows, (_, id) => logProbs!.data[id * logProbs!.cols]!);
}

const rowOf = (m: Matrix, row: number, { ids, start }: Sequence): number[] =>
  Array.from(m.data.subarray(row * m.cols, row * m.cols + ids.length - start));
