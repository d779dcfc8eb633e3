/** TRL's three kinds of rows that the lab writes, with their columns: all of them text, in this order. */
export const FORMATS = {
  preferences: ['prompt', 'chosen', 'rejected'],
  demonstrations: ['prompt', 'completion'],
  prompts: ['prompt'],
} as const;

export type Format = keyof typeof FORMATS;

/** One row; what belongs to no word (`<bos>`, `<eos>`) is not in it. */
export type Row<F extends Format> = Record<(typeof FORMATS)[F][number], string>;

/** The most rows that are read; the lab's largest table has 320,000. */
export const MOST_ROWS = 500_000;

/** The most characters of one text that are read. */
export const MOST_CHARACTERS = 4000;
