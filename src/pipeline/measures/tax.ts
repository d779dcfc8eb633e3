import type { LanguageModel } from '../../engine/types';
import { packedCorpus } from '../../world';
import { clusterMean, greedyAccuracy } from './accuracy';
import { fewShotQuestions } from '../data/few-shot';
import { maskedMean } from '../maths/matrix';
import { corpusBatch } from '../data/corpus';
import { nats, share, type FigureDeclarations } from '../contract/figures';
import { streamOf, type Evaluation, type StageContext } from '../contract/stage';

export const TAX_FIGURES = {
  webLoss: nats({ digits: 2, group: 'tax', when: 'sometimes' }),
  fewShot: share({ group: 'tax', when: { with: 'webLoss' } }),
} satisfies FigureDeclarations;

/** Tasks that the base model solves from three examples. */
const CLUSTERS = ['colour', 'count', 'tool', 'first', 'last'] as const;

/**
 * What alignment costs (the "alignment tax", Ouyang et al. 2022): loss on held-out web text in nats per
 * token, and greedy 3-shot accuracy on tasks that the base model could do before.
 */
export async function alignmentTax(
  context: StageContext,
  model: LanguageModel,
): Promise<Required<Pick<Evaluation, 'webLoss' | 'fewShot'>>> {
  const web = { ...context, task: { ...context.task, name: 'web' } };
  const length = model.config.nPositions;
  const text = packedCorpus(streamOf(web, 'tax', 'text'), 64 * length);
  const rows = Array.from({ length: 64 }, (_, i) => i * length);
  const { logProbs, mask } = await model.evaluate(corpusBatch(text, rows, length), { logProbs: true });
  const questions = fewShotQuestions(context, CLUSTERS, { shots: 3, format: 'qa' }, 40, length);
  const right = await greedyAccuracy(model, questions);
  return { webLoss: -maskedMean(logProbs!, mask), fewShot: clusterMean(questions, right, CLUSTERS)! };
}
