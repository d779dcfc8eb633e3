/** Padding; never sampled, never predicted. */
export const PAD_ID = 0;
/** End of sequence: generation stops after it. */
export const EOS_ID = 2;
