/**
 * Everything the code below the page may have to tell a person, by code, with the values of its sentence. A code
 * says what happened; each language writes the sentence (`en.ts`, `zh.ts`). A new code is a line here and one in
 * each language; a missing sentence does not compile.
 */
export interface Codes {
  /** Words of something that is not ours (a browser, a library), in whatever language it speaks. */
  foreign: { text: string };
  /** A loss over completion tokens of sequences that have none. */
  'loss.noTokens': { rows: number };
}

export type Code = keyof Codes;

/** A code and its values; plain data, so that it crosses to and from workers. */
export type Message = { [C in Code]: { code: C; values: Codes[C] } }[Code];

/** How the parts of a sentence are called that have names of their own in each language. */
export interface Names {
  stage(name: string): string;
  setting(stage: string, name: string): string;
}

export type Sentences = { [C in Code]: (values: Codes[C], names: Names) => string };
