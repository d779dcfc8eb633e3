import { z } from 'zod';
import { amount } from '../contract/figures';
import type { Rng } from '../../random/rng';
import {
  BOS,
  encode,
  INSTRUCTION_CLUSTERS,
  instructionExample,
  RELATIONS,
  type InstructionCluster,
} from '../../world';
import {
  ACCURACY_FIGURES,
  clusterMean,
  greedyAccuracy,
  HELD_OUT_CLUSTERS,
  perCluster,
  questionOf,
  type Question,
} from '../measures/accuracy';
import { megaflops } from '../measures/cost';
import { choice, integer } from '../contract/settings';
import { defineStage, modelOf, parent, streamOf, type StageContext } from '../contract/stage';
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

/** Questions with solved examples of the same cluster, wording and format in front of each. */
export function fewShotQuestions(
  context: StageContext,
  clusters: readonly InstructionCluster[],
  { shots, format }: FewShotSettings,
  perCluster: number,
  nPositions: number,
): Question[] {
  const web = { ...context, task: { ...context.task, name: 'instructions' } };
  const rng = streamOf(web, 'few-shot', 'questions');
  const compose = format === 'table' ? tableQuestion : dialogueQuestion;
  return clusters.flatMap((cluster) =>
    Array.from({ length: perCluster }, (_, i) =>
      compose(rng.split(cluster).split(i), cluster, shots, nPositions),
    ),
  );
}

/** "q: … a: … . q: … a:"; examples from the training entities, as many as fit. */
function dialogueQuestion(
  rng: Rng,
  cluster: InstructionCluster,
  shots: number,
  nPositions: number,
): Question {
  const wording = 0;
  const question = questionOf(instructionExample(rng, cluster, wording, 'heldOut'));
  const examples: number[] = [];
  const room = nPositions - question.prompt.length - question.answer.length - 1;
  for (let k = 0; k < shots; k++) {
    const { prompt, answer } = instructionExample(rng, cluster, wording, 'train');
    const ids = encode([...prompt, ...answer]);
    if (examples.length + ids.length <= room) examples.push(...ids);
  }
  return { ...question, prompt: [BOS, ...examples, ...question.prompt.slice(1)] };
}

/** "zorland : mip , brunia :", as tables of facts on the web. */
function tableQuestion(rng: Rng, cluster: InstructionCluster, shots: number, nPositions: number): Question {
  const row = (split: 'train' | 'heldOut') => {
    const { prompt, answer } = instructionExample(rng, cluster, 0, split, { instruction: false });
    const subject = prompt[prompt.length - 2]!; // q: (the) subject a:
    return { subject, object: answer[0]! };
  };
  const { subject, object } = row('heldOut');
  const words: string[] = [];
  const used = new Set<string>();
  for (let tries = 0; used.size < shots && tries < 50 && words.length + 8 <= nPositions; tries++) {
    const example = row('train');
    if (used.has(example.subject)) continue;
    used.add(example.subject);
    words.push(example.subject, ':', example.object, ',');
  }
  return {
    cluster,
    template: 0,
    prompt: [BOS, ...encode([...words, subject, ':'])],
    answer: encode([object]),
  };
}
