import type { GptConfig } from './config';

/**
 * Useful floating-point operations of one training step on `rows` rows of `length` tokens: the matrix products of
 * the forward pass (2 per weight and token, attention over the causal half) and twice as many again for the
 * gradients (Kaplan et al. 2020, section 2.1).
 */
export function trainingFlops(config: GptConfig, rows: number, length: number): number {
  const { nEmbd: d, nLayer: L, vocabSize: V } = config;
  const tokens = rows * length;
  const matrices = 2 * tokens * (12 * L * d * d + V * d);
  const attention = 2 * tokens * L * d * (length + 1);
  return 3 * (matrices + attention);
}
