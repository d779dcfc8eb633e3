import { z } from 'zod';
import { amount } from '../contract/figures';
import { INSTRUCTION_CLUSTERS, RELATIONS, type InstructionCluster } from '../../world';
import { fewShotQuestions } from '../data/few-shot';
import { HELD_OUT_CLUSTERS, type Question } from '../data/questions';
import { ACCURACY_FIGURES, clusterMean, greedyAccuracy, perCluster } from '../measures/accuracy';
import { megaflops } from '../measures/cost';
import { choice, integer } from '../contract/settings';
import { defineStage, modelOf, parent } from '../contract/stage';
import { mean } from '../maths/statistics';

const settings = z.object({
  shots: integer(3, 0, 16, {
    label: 'shots',
    symbol: 'k',
    unit: 'examples',
    typical: [0, 5],
    effect: 'More: the task is clearer, the context is used up; examples that do not fit are left out.',
  }),
  format: choice(['qa', 'table'], 'qa', {
    label: 'format',
    effect: 'Questions and answers, or a table as the web writes them (facts only): the format decides.',
  }),
});

export type FewShotSettings = z.infer<typeof settings>;

/**
 * In-context learning (Brown et al. 2020): no training, k solved examples in front of the question. Greedy
 * accuracy per task on the entities that instruction tuning holds out, and the context spent on it.
 */
export const fewShot = defineStage({
  name: 'few-shot',
  version: 1,
  settings,
  inputs: ['base'],
  place: { kind: 'lecture', armName: 'Few-shot' },
  learnsFrom: null,
  comparedWith: 'tasks',
  metrics: { accuracy: 'loss' },
  figures: { ...ACCURACY_FIGURES, shots: amount('examples') },
  headline: [],
  async *run(context, s, parents) {
    const base = parent(parents, 'base');
    const model = modelOf(context, base);
    const clusters: readonly InstructionCluster[] = s.format === 'table' ? RELATIONS : INSTRUCTION_CLUSTERS;
    const count = Math.max(6, Math.round(context.evaluation.finalPrompts / 10));
    const asked: Question[] = [];
    const right: number[] = [];
    try {
      for (const [done, cluster] of clusters.entries()) {
        const questions = fewShotQuestions(context, [cluster], s, count, base.config.nPositions);
        asked.push(...questions);
        right.push(...(await greedyAccuracy(model, questions)));
        yield {
          type: 'metrics',
          update: done + 1,
          updates: clusters.length,
          samples: asked.length,
          tokens: asked.reduce((sum, q) => sum + q.prompt.length, 0),
          metrics: { accuracy: mean(right) },
        };
      }
      const heldOut = HELD_OUT_CLUSTERS.filter((c) => clusters.includes(c));
      return {
        artifact: base,
        summary: {
          accuracy: clusterMean(asked, right, clusters)!,
          'accuracy/heldOutClusters': clusterMean(asked, right, heldOut)!,
          ...perCluster(asked, right),
          shots: s.shots,
          trainingExamples: s.shots,
          tokensPerQuestion: mean(asked.map((q) => q.prompt.length)),
          mflopPerQuestion: mean(asked.map((q) => megaflops(base.config, q.prompt.length))),
        },
      };
    } finally {
      model.dispose();
    }
  },
});
