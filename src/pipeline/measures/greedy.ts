import type { LanguageModel } from '../../engine/types';
import { EOS } from '../../world';

/** Rows per device call; bounds memory, not results. */
const CHUNK = 256;

/**
 * The most likely continuation of each prompt, token by token, `<eos>` included when produced; shorter where
 * the context is full. With `twoWay` the tokens of the prompt see each other both ways (prefix LM): every
 * token is then a fresh pass over the whole row, without a cache.
 */
export async function greedyAnswers(
  model: LanguageModel,
  prompts: readonly (readonly number[])[],
  maxNewTokens: number,
  twoWay = false,
): Promise<number[][]> {
  const answers: number[][] = [];
  for (let row = 0; row < prompts.length; row += CHUNK) {
    const part = prompts.slice(row, row + CHUNK);
    if (twoWay) answers.push(...(await greedyTwoWay(model, part, maxNewTokens)));
    else {
      const options = { maxNewTokens, temperature: 0, noiseKey: 0 };
      answers.push(...(await model.generate(part, options)).completions);
    }
  }
  return answers;
}

async function greedyTwoWay(
  model: LanguageModel,
  prompts: readonly (readonly number[])[],
  maxNewTokens: number,
): Promise<number[][]> {
  const answers: number[][] = prompts.map(() => []);
  let open = prompts.map((_, i) => i);
  for (let step = 0; step < maxNewTokens && open.length > 0; step++) {
    const rows = open.map((i) => {
      const ids = [...prompts[i]!, ...answers[i]!];
      return { ids, start: ids.length, prefix: prompts[i]!.length };
    });
    const { data, cols } = await model.nextLogits(rows);
    open.forEach((i, r) => answers[i]!.push(likeliest(data.subarray(r * cols, (r + 1) * cols))));
    open = open.filter(
      (i) => answers[i]!.at(-1) !== EOS && prompts[i]!.length + answers[i]!.length < model.config.nPositions,
    );
  }
  return answers;
}

/** Index of the highest logit; the pad token (0) is never answered. */
function likeliest(logits: Float32Array): number {
  let best = 1;
  for (let i = 2; i < logits.length; i++) if (logits[i]! > logits[best]!) best = i;
  return best;
}
