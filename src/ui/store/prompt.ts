import type { ModelSize } from '../../model/config';
import { MODEL_SIZES } from '../../model/config';
import { promptIds } from '../../pipeline/data/tokens';
import { rngFrom } from '../../random/rng';
import { detokenize, taskByName, tokenizeText, type Prompt } from '../../world';

export interface ReadyPrompt {
  /** As a person would type it. */
  text: string;
  prompt: Prompt;
  ids: number[];
}

export type PromptReading =
  | { status: 'ready'; prompt: ReadyPrompt }
  | { status: 'unknown'; words: string[] }
  | { status: 'wrongForm'; examples: readonly string[] }
  | { status: 'tooLong'; count: number; max: number };

const ready = (prompt: Prompt): ReadyPrompt => ({
  text: detokenize(prompt.words),
  prompt,
  ids: promptIds(prompt),
});

/** Understands a prompt that a person typed, or says why not. */
export function readPrompt(taskName: string, size: ModelSize, text: string): PromptReading {
  const task = taskByName(taskName);
  const { words, unknown } = tokenizeText(text);
  if (unknown.length) return { status: 'unknown', words: unknown };
  const prompt = task.parsePrompt(words);
  if (!prompt) return { status: 'wrongForm', examples: task.examplePrompts };
  const max = MODEL_SIZES[size].nPositions - task.maxNewTokens - 1;
  if (prompt.words.length > max) return { status: 'tooLong', count: prompt.words.length, max };
  return { status: 'ready', prompt: ready(prompt) };
}

/** The prompt that the page opens with. */
export function firstPrompt(taskName: string, size: ModelSize): ReadyPrompt {
  for (const text of taskByName(taskName).examplePrompts) {
    const reading = readPrompt(taskName, size, text);
    if (reading.status === 'ready') return reading.prompt;
  }
  return nextPrompt(taskName, 0);
}

/** The `index`-th held-out prompt of the page. */
export const nextPrompt = (taskName: string, index: number): ReadyPrompt =>
  ready(taskByName(taskName).prompt(rngFrom('page', taskName, 'prompt', index), 'heldOut'));
