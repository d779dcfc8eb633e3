import type { LanguageModel } from '../../engine/types';
import { encode, EOS, type InstructionCluster } from '../../world';
import type { Question } from '../data/questions';
import { greedyAnswers } from './greedy';
import { amount, formatFigure, numeric, share, type FigureDeclarations } from '../contract/figures';
import { mean } from '../maths/statistics';

/** What answers to questions with one right answer are summed up in, whoever answers. */
export const ACCURACY_FIGURES = {
  accuracy: share({ varies: ['part'], parts: ['instruct', 'cluster'] }),
  'accuracy/heldOutClusters': share(),
  'accuracy/trainClusters': share({ when: 'sometimes' }),
  trainingExamples: amount('examples', { group: 'cost' }),
  tokensPerQuestion: amount('tokens', { group: 'cost' }),
  mflopPerQuestion: numeric(1, { unit: 'Mflop', group: 'cost' }),
} satisfies FigureDeclarations;

const ENDS: readonly number[] = [...encode(['.', ',']), EOS];

/** The words of the answer are the start of the output, and then it ends: with '.', ',' (in a table) or `<eos>`. */
export const isRight = ({ answer }: Question, output: readonly number[]): boolean =>
  answer.every((id, i) => output[i] === id) && ENDS.includes(output[answer.length] ?? -1);

/** Greedy answers to all questions: 1 where right, else 0. */
export async function greedyAccuracy(
  model: LanguageModel,
  questions: readonly Question[],
  twoWay = false,
): Promise<number[]> {
  if (questions.length === 0) return [];
  const longest = questions.reduce((n, q) => Math.max(n, q.answer.length), 0) + 1;
  const outputs = await greedyAnswers(
    model,
    questions.map((q) => q.prompt),
    longest,
    twoWay,
  );
  return questions.map((q, i) => (isRight(q, outputs[i]!) ? 1 : 0));
}

/** Mean accuracy of the clusters in `among`, each cluster counted equally; undefined if there is none. */
export function clusterMean(
  questions: readonly Question[],
  right: readonly number[],
  among: readonly InstructionCluster[],
): number | undefined {
  const present = among.filter((c) => questions.some((q) => q.cluster === c));
  if (present.length === 0) return undefined;
  return mean(present.map((c) => mean(right.filter((_, i) => questions[i]!.cluster === c))));
}

/** `accuracy.<cluster>` for every cluster asked about. */
export const perCluster = (
  questions: readonly Question[],
  right: readonly number[],
): Record<string, number> =>
  Object.fromEntries(
    [...new Set(questions.map((q) => q.cluster))].map((c) => [
      formatFigure({ base: 'accuracy', part: c }),
      clusterMean(questions, right, [c])!,
    ]),
  );

/**
 * How much the wording matters: median and interquartile range of the accuracies of all pairs of cluster and
 * wording (as in T0's box plots, Sanh et al. 2022).
 */
export function templateSpread(
  questions: readonly Question[],
  right: readonly number[],
  among: readonly InstructionCluster[],
): { median: number; q1: number; q3: number; iqr: number } {
  const cells = new Map<string, number[]>();
  questions.forEach((q, i) => {
    if (!among.includes(q.cluster)) return;
    const name = `${q.cluster} ${q.template}`;
    cells.set(name, [...(cells.get(name) ?? []), right[i]!]);
  });
  const sorted = [...cells.values()].map(mean).sort((a, b) => a - b);
  const [q1, q3] = [quantile(sorted, 0.25), quantile(sorted, 0.75)];
  return { median: quantile(sorted, 0.5), q1, q3, iqr: q3 - q1 };
}

/** Linear interpolation between the ranks of an ascending list; 0 of an empty one. */
function quantile(sorted: readonly number[], q: number): number {
  const at = q * (sorted.length - 1);
  const low = sorted[Math.floor(at)] ?? 0;
  return low + (at - Math.floor(at)) * ((sorted[Math.ceil(at)] ?? low) - low);
}
