import { goldOf } from '../../pipeline/data/tokens';
import type { LanguageModelArtifact } from '../../pipeline/contract/stage';
import { correlation } from '../../pipeline/maths/statistics';
import type { RuleAnswer } from '../../sandbox/rule';
import { decode, detokenize, EOS, taskByName } from '../../world';
import { nextPrompt } from '../store/prompt';
import { actions } from '../store/useLab';

/** An answer of SFT with what the world thinks of it. */
export interface Tried {
  /** Counted from 1. */
  number: number;
  prompt: string;
  answer: string;
  gold: number;
  rule: RuleAnswer;
}

export const PROMPTS = 24;
export const ANSWERS_EACH = 8;

/** Answers of a model to held-out prompts of the task, for trying rules on. Rejects where the engine does. */
async function answersToTry(model: LanguageModelArtifact, taskName: string): Promise<Tried[]> {
  const task = taskByName(taskName);
  const tried: Tried[] = [];
  for (let at = 0; at < PROMPTS; at++) {
    const { prompt, ids, text } = nextPrompt(taskName, at);
    const answers = await actions.answer({
      model,
      prompt: ids,
      count: ANSWERS_EACH,
      maxNewTokens: task.maxNewTokens,
      temperature: 1,
      noiseKey: at,
    });
    for (const { completion, finished } of answers) {
      const words = decode(completion.at(-1) === EOS ? completion.slice(0, -1) : completion);
      tried.push({
        number: tried.length + 1,
        prompt: text,
        answer: detokenize(words) + (finished ? '' : ' …'),
        gold: goldOf(task, prompt, completion).total,
        rule: { words, prompt: prompt.words, finished },
      });
    }
  }
  return tried;
}

const drawn = new WeakMap<Float32Array, Promise<Tried[]>>();

/** The same, drawn once for each model; what failed is asked again. */
export function answersOnce(model: LanguageModelArtifact, taskName: string): Promise<Tried[]> {
  const { weights } = model;
  const asked = drawn.get(weights) ?? answersToTry(model, taskName);
  drawn.set(weights, asked);
  asked.catch(() => drawn.delete(weights)); // whoever asked is told
  return asked;
}

/** A column of the histogram. */
export interface Bin {
  /** Middle of its scores. */
  score: number;
  answers: number;
  /** Mean gold of its answers; absent where there are none. */
  gold?: number;
}

const MOST_BINS = 12;

/** How scores are spread, and how true rewards go with them. Scores that never differ stand in one column. */
export function histogram(scores: readonly number[], gold: readonly number[]): Bin[] {
  if (scores.length === 0) return [];
  const [low, high] = [Math.min(...scores), Math.max(...scores)];
  const different = new Set(scores).size;
  const count = low === high ? 1 : Math.min(MOST_BINS, Math.max(2, different));
  const width = (high - low) / count;
  const bins = Array.from({ length: count }, (_, i) => ({
    score: count === 1 ? low : low + width * (i + 0.5),
    of: [] as number[],
  }));
  scores.forEach((score, i) => {
    const at = width === 0 ? 0 : Math.min(count - 1, Math.floor((score - low) / width));
    bins[at]!.of.push(gold[i]!);
  });
  return bins.map(({ score, of }) => ({
    score,
    answers: of.length,
    ...(of.length > 0 ? { gold: of.reduce((a, b) => a + b, 0) / of.length } : {}),
  }));
}

/** What a person should know of a rule before it is used. */
export interface Verdict {
  /** Correlation with gold; undefined where scores do not differ. */
  correlation?: number | undefined;
  isFlat: boolean;
  /** Share of scores outside of −1…1, which are cut off where the rule is gold. */
  outside: number;
}

export const verdictOf = (scores: readonly number[], gold: readonly number[]): Verdict => ({
  correlation: correlation(scores, gold),
  isFlat: new Set(scores).size <= 1,
  outside: scores.filter((score) => Math.abs(score) > 1).length / Math.max(1, scores.length),
});
