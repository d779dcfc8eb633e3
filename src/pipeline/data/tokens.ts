import type { Sequence } from '../../engine/types';
import type { Rng } from '../../random/rng';
import { BOS, EOS, decode, encode } from '../../world';
import type { AlignmentTask, GoldScore, Prompt, Split } from '../../world/types';

/** `<bos>` and the prompt's words as ids. */
export const promptIds = (prompt: Prompt): number[] => [BOS, ...encode(prompt.words)];

/** The answer's words as ids and `<eos>`: training targets always end. */
export const completionIds = (words: readonly string[]): number[] => [...encode(words), EOS];

/** One training or scoring sequence: loss only on the completion. */
export const sequence = (prompt: readonly number[], completion: readonly number[]): Sequence => ({
  ids: [...prompt, ...completion],
  start: prompt.length,
});

/** Gold reward of generated ids (with or without `<eos>`). */
export function goldOf(task: AlignmentTask, prompt: Prompt, completion: readonly number[]): GoldScore {
  const finished = completion[completion.length - 1] === EOS;
  return task.gold(prompt, decode(finished ? completion.slice(0, -1) : completion), finished);
}

export interface PromptBatch {
  prompts: Prompt[];
  ids: number[][];
}

/** `count` prompts of a split from one stream. */
export function drawPrompts(task: AlignmentTask, rng: Rng, split: Split, count: number): PromptBatch {
  const prompts = Array.from({ length: count }, () => task.prompt(rng, split));
  return { prompts, ids: prompts.map(promptIds) };
}
