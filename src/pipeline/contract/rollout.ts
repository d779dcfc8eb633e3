/** One answer that a policy has just learned from, token by token; arrays of numbers are as long as `completion`. */
export interface TokenRecord {
  /** Ids, the prompt with `<bos>`, the answer with `<eos>` if produced. */
  prompt: readonly number[];
  completion: readonly number[];
  /** log π of each token, nats: when it was sampled, under the reference, and after the update. */
  oldLogProbs: readonly number[];
  referenceLogProbs: readonly number[];
  newLogProbs: readonly number[];
  /** Value of the state before each token. */
  values: readonly number[];
  /** −β (log π − log π_ref), and the score on the last token. */
  rewards: readonly number[];
  /** By GAE, and as they went into the loss: whitened over the batch if that is on. */
  rawAdvantages: readonly number[];
  advantages: readonly number[];
  /** True reward, and the reward that the stage was given at the end. */
  gold: number;
  score: number;
  /** Weight of the KL penalty at that update. */
  klCoef: number;
}
