import { message, MessageError } from '../../messages';
import type { Sequence } from '../../engine/types';
import type { Rng } from '../../random/rng';
import type { OwnOf } from '../contract/own';
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

/** Prompts to learn on: a stream of them without end. */
export type PromptSource = (count: number) => PromptBatch;

/**
 * Training prompts: the task's from one stream, or drawn from a person's own. Those have to be of the task's form, whose
 * gold is measured along the way. Throws a MessageError that names the row of one that is not, or the words that are
 * outside the vocabulary.
 */
export function trainingPrompts(task: AlignmentTask, rng: Rng, own: OwnOf<'prompts'> | null): PromptSource {
  if (!own) return (count) => drawPrompts(task, rng, 'train', count);
  const pool = own.rows.map(({ prompt: words }, row) => {
    const prompt = task.parsePrompt(words);
    if (!prompt) throw new MessageError(message('own.form', { row: row + 1, prompt: words.join(' ') }));
    return { prompt, ids: promptIds(prompt) };
  });
  return (count) => {
    const drawn = Array.from({ length: count }, () => rng.choice(pool));
    return { prompts: drawn.map(({ prompt }) => prompt), ids: drawn.map(({ ids }) => ids) };
  };
}
