/** Shape of a GPT-2 style model; field names as in published GPT-2 configurations. */
export interface GptConfig {
  /** Number of tokens V. */
  vocabSize: number;
  /** Longest sequence (learned positions) in tokens. */
  nPositions: number;
  /** Width d. */
  nEmbd: number;
  nLayer: number;
  /** Attention heads; divides nEmbd. */
  nHead: number;
}

export type ModelSize = 'nano' | 'tiny' | 'small' | 'medium';

/** About 26k / 130k / 850k / 3.3 M parameters with the toy world's vocabulary. `medium` asks for a GPU. */
export const MODEL_SIZES: Record<ModelSize, Omit<GptConfig, 'vocabSize'>> = {
  nano: { nPositions: 64, nEmbd: 32, nLayer: 1, nHead: 4 },
  tiny: { nPositions: 64, nEmbd: 64, nLayer: 2, nHead: 4 },
  small: { nPositions: 96, nEmbd: 128, nLayer: 4, nHead: 4 },
  medium: { nPositions: 128, nEmbd: 256, nLayer: 4, nHead: 8 },
};

/** Sizes whose base model is ready-made; the others begin with pretraining. */
export const SHIPPED_SIZES: readonly ModelSize[] = ['nano', 'tiny', 'small'];
