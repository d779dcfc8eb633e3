import type { Engine, LanguageModel, Matrix } from '../../engine/types';
import { openModel } from '../contract/rule-model';
import type { LanguageModelArtifact, RewardModelArtifact } from '../contract/stage';
import { sequence } from '../data/tokens';

/** Asks a model for answers to one prompt. */
export interface AnswerRequest {
  model: LanguageModelArtifact;
  /** Scores the answers, if given. */
  reward?: RewardModelArtifact;
  /** Log-probs under this model are returned too, for per-token KL. */
  reference?: LanguageModelArtifact;
  /** Ids with `<bos>`. */
  prompt: readonly number[];
  count: number;
  maxNewTokens: number;
  temperature: number;
  noiseKey: number;
}

export interface Answer {
  /** Ids, `<eos>` included when produced. */
  completion: number[];
  finished: boolean;
  /** Log-prob of each token under the model, nats. */
  logProbs: number[];
  /** The same under the reference. */
  referenceLogProbs?: number[];
  /** Reward-model score, in SFT standard deviations. */
  proxy?: number;
}

/** Samples `count` answers and looks at them token by token. */
export async function answer(engine: Engine, request: AnswerRequest): Promise<Answer[]> {
  const { model, reward, reference, prompt, count } = request;
  const open: LanguageModel[] = [];
  const load = (artifact: LanguageModelArtifact | RewardModelArtifact) => {
    const loaded = openModel(engine, artifact);
    open.push(loaded);
    return loaded;
  };
  try {
    const policy = load(model);
    const rollout = await policy.generate(
      Array.from({ length: count }, () => prompt),
      { ...request, want: { logProbs: true } },
    );
    const batch = rollout.completions.map((c) => sequence(prompt, c));
    const own = rollout.outputs!.logProbs!;
    const theirs = reference && (await load(reference).evaluate(batch, { logProbs: true })).logProbs!;
    const scores = reward && (await load(reward).evaluate(batch, { scores: true })).scores!;
    return rollout.completions.map((completion, i) => ({
      completion,
      finished: rollout.finished[i]!,
      logProbs: rowOf(own, i, completion.length),
      ...(theirs ? { referenceLogProbs: rowOf(theirs, i, completion.length) } : {}),
      ...(scores ? { proxy: (scores[i]! - reward.mean) / reward.deviation } : {}),
    }));
  } finally {
    for (const m of open) m.dispose();
  }
}

const rowOf = (m: Matrix, row: number, length: number): number[] =>
  Array.from(m.data.subarray(row * m.cols, row * m.cols + length));
