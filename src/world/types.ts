import type { Message } from '../messages';
import type { Rng } from '../random/rng';

export type Split = 'train' | 'heldOut';

/** A prompt in words, without `<bos>`, with the cues the gold reward needs. */
export interface Prompt<Meta = unknown> {
  words: readonly string[];
  meta: Meta;
}

/** One named, signed part of a gold reward. */
export interface GoldPart {
  /** Stable identifier, camelCase, for example `wrongFact`. */
  name: string;
  value: number;
  /** A short plain reason, for example "says white; the colour of the sky is blue". */
  why: Message;
}

/** The true reward. `parts` add up to `total` exactly (clipping is a part of its own). −1 ≤ total ≤ 1. */
export interface GoldScore {
  total: number;
  parts: GoldPart[];
}

export interface Demonstration<Meta = unknown> {
  prompt: Prompt<Meta>;
  /** Words of the answer, without `<eos>`. */
  completion: readonly string[];
}

/** What hired crowd workers write, what careful curators write, or what these write to one kind of prompt only. */
export type DemonstrationSource = 'crowd' | 'curated' | 'narrow';

/** An alignment task. Adding one is one file in `src/world/tasks` plus its name in the list there. */
export interface AlignmentTask<Meta = unknown> {
  readonly name: string;
  /** Longest completion, in tokens, `<eos>` included. */
  readonly maxNewTokens: number;
  /** A one-sentence description for people. */
  readonly description: string;
  /** Example prompts (as a person would type them) for the page. */
  readonly examplePrompts: readonly string[];
  prompt(rng: Rng, split: Split): Prompt<Meta>;
  /** Understands a prompt a person typed (words, already checked against the vocabulary). Null if it is not of this task's form. */
  parsePrompt(words: readonly string[]): Prompt<Meta> | null;
  demonstration(rng: Rng, source: DemonstrationSource): Demonstration<Meta>;
  /** `finished`: the completion ended with `<eos>`. `completion` excludes it. */
  gold(prompt: Prompt<Meta>, completion: readonly string[], finished: boolean): GoldScore;
  /** How many flattering phrases an answer has; absent where answers have none. */
  flattery?(completion: readonly string[]): number;
}
