/** Padding; never sampled, never predicted and different from `EOS`. */
export const PAD = 0;
/** Begins every sequence. */
export const BOS = 1;
/** Ends every document and every finished completion; sampling stops after it. */
export const EOS = 2;

/** Tokens of the toy world; a test holds its vocabulary to this, since shipped models are made for it. */
export const VOCABULARY_SIZE = 357;
