import type { LanguageModel } from '../../engine/types';
import { rowSums } from '../maths/matrix';
import { streamOf, type SamplesArtifact, type StageContext } from '../contract/stage';
import { goldOf, type PromptBatch } from '../data/tokens';

/**
 * Answers of a prompt that share a key of the noise. Answer i of prompt p is drawn at row 256·p + (i mod 256) under
 * the key number ⌊i / 256⌋, so whoever asks for more answers gets those that others got, and further ones.
 */
const BLOCK = 256;

/** Rows per device call; bounds memory, not results. */
const ROWS = 1024;

/** Answers of one prompt as typed arrays. */
export type PromptAnswers = Omit<SamplesArtifact, 'kind' | 'perPrompt'>;

/**
 * Draws `count` answers to each prompt, and gives them prompt by prompt. A prompt that is asked again is sampled
 * together with its first time: what the answers have in common is computed once.
 */
export async function* drawAnswers(
  context: StageContext,
  model: LanguageModel,
  { prompts, ids }: PromptBatch,
  count: number,
): AsyncGenerator<PromptAnswers, void, void> {
  const noise = streamOf(context, 'reweighted', 'noise');
  const keys = Array.from({ length: Math.ceil(count / BLOCK) }, () => noise.uint32());
  const ready = new Map<number, PromptAnswers>();
  for (const [at, prompt] of ids.entries()) {
    if (!ready.has(at)) {
      const name = prompt.join();
      const places = ids.flatMap((other, i) => (i >= at && other.join() === name ? [i] : []));
      await draw(prompt, places);
    }
    yield ready.get(at)!;
    ready.delete(at);
  }

  async function draw(prompt: readonly number[], places: readonly number[]): Promise<void> {
    const found = places.map(() => ({ completions: [] as Uint16Array[], logProbs: [] as number[] }));
    for (const [block, noiseKey] of keys.entries()) {
      const size = Math.min(BLOCK, count - block * BLOCK);
      const rows = places.flatMap((place, i) =>
        Array.from({ length: size }, (_, row) => ({ to: found[i]!, row: place * BLOCK + row })),
      );
      for (let first = 0; first < rows.length; first += ROWS) {
        const part = rows.slice(first, first + ROWS);
        const { completions, outputs } = await model.generate(
          part.map(() => prompt),
          {
            maxNewTokens: context.task.maxNewTokens,
            temperature: 1,
            noiseKey,
            noiseRows: part.map(({ row }) => row),
            want: { logProbs: true },
          },
        );
        const logProbs = rowSums(outputs!.logProbs!);
        part.forEach(({ to }, i) => {
          to.completions.push(Uint16Array.from(completions[i]!));
          to.logProbs.push(logProbs[i]!);
        });
      }
    }
    for (const [i, place] of places.entries()) {
      const { completions, logProbs } = found[i]!;
      const gold = completions.map((c) => goldOf(context.task, prompts[place]!, Array.from(c)).total);
      ready.set(place, {
        ...packedAnswers(completions),
        gold: Float64Array.from(gold),
        logProbs: Float64Array.from(logProbs),
      });
    }
  }
}

/** Tokens of one answer, `<eos>` included when produced. */
export const answerOf = (
  { tokens, offsets }: Pick<PromptAnswers, 'tokens' | 'offsets'>,
  i: number,
): Uint16Array => tokens.subarray(offsets[i], offsets[i + 1]);

/** Answers end to end. */
export function packedAnswers(
  answers: readonly ArrayLike<number>[],
): Pick<PromptAnswers, 'tokens' | 'offsets'> {
  const offsets = new Uint32Array(answers.length + 1);
  answers.forEach((answer, i) => (offsets[i + 1] = offsets[i]! + answer.length));
  const tokens = new Uint16Array(offsets[answers.length]!);
  answers.forEach((answer, i) => tokens.set(answer, offsets[i]));
  return { tokens, offsets };
}

/** The answers of all prompts as one artifact. */
export function joinAnswers(parts: readonly PromptAnswers[], perPrompt: number): SamplesArtifact {
  const offsets = new Uint32Array(parts.length * perPrompt + 1);
  const tokens = new Uint16Array(parts.reduce((sum, part) => sum + part.tokens.length, 0));
  const gold = new Float64Array(parts.length * perPrompt);
  const logProbs = new Float64Array(parts.length * perPrompt);
  let end = 0;
  parts.forEach((part, p) => {
    const first = p * perPrompt;
    tokens.set(part.tokens, end);
    for (let i = 1; i <= perPrompt; i++) offsets[first + i] = end + part.offsets[i]!;
    gold.set(part.gold, first);
    logProbs.set(part.logProbs, first);
    end += part.tokens.length;
  });
  return { kind: 'samples', perPrompt, tokens, offsets, gold, logProbs };
}

/** The first `count` answers to one of its prompts, as views. */
export function answersTo(samples: SamplesArtifact, prompt: number, count: number): PromptAnswers {
  const first = prompt * samples.perPrompt;
  const offsets = samples.offsets.slice(first, first + count + 1);
  const begin = offsets[0]!;
  return {
    tokens: samples.tokens.subarray(begin, offsets[count]),
    offsets: offsets.map((offset) => offset - begin),
    gold: samples.gold.subarray(first, first + count),
    logProbs: samples.logProbs.subarray(first, first + count),
  };
}
