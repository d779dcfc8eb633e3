import { z } from 'zod';
import { amount, share } from '../contract/figures';
import type { Sequence } from '../../engine/types';
import {
  BOS,
  encode,
  INSTRUCTION_CLUSTERS,
  instructionExample,
  TRAIN_TEMPLATE_COUNT,
  type InstructionCluster,
} from '../../world';
import { HELD_OUT_CLUSTERS, TRAIN_CLUSTERS, unseenQuestions } from '../data/questions';
import {
  ACCURACY_FIGURES,
  clusterMean,
  greedyAccuracy,
  perCluster,
  templateSpread,
} from '../measures/accuracy';
import { DivergenceGuard, isLogged } from '../training/guard';
import { sftLoss } from '../losses/sft';
import { adamw, cosineSchedule } from '../training/optimizer';
import { choice, flag, integer, number, optionalInteger } from '../contract/settings';
import { defineStage, modelOf, parent, streamOf } from '../contract/stage';
import { mean } from '../maths/statistics';
import { completionIds } from '../data/tokens';
import { megaflops } from '../measures/cost';

const settings = z.object({
  clusters: integer(TRAIN_CLUSTERS.length, 0, TRAIN_CLUSTERS.length, {
    label: 'training clusters',
    unit: 'clusters of tasks',
    typical: [1, TRAIN_CLUSTERS.length],
    effect: 'More kinds of tasks: better on tasks that were never trained; 0 leaves the base model as it is.',
  }),
  cluster: choice(['several', ...INSTRUCTION_CLUSTERS], 'several', {
    label: 'only cluster',
    effect: 'One task by name: ordinary fine-tuning, in place of several clusters.',
  }),
  templates: integer(TRAIN_TEMPLATE_COUNT, 1, TRAIN_TEMPLATE_COUNT, {
    label: 'wordings per cluster',
    unit: 'templates',
    typical: [1, TRAIN_TEMPLATE_COUNT],
    effect: 'More: the answer depends less on how the question is put.',
  }),
  examples: optionalInteger(null, 1, 100_000, {
    label: 'number of examples',
    unit: 'examples',
    typical: [4, 2048],
    effect: 'A fixed set of this size is reused; off: a fresh example every time.',
  }),
  answer: choice(['short', 'sentence'], 'short', {
    label: 'answers',
    effect: 'Sentence: the answer repeats the question; little carries over to other tasks.',
  }),
  instructions: flag(true, {
    label: 'instructions',
    effect: 'Off: training sees the inputs without the instruction; the test still has it.',
  }),
  attention: choice(['causal', 'prefix'], 'causal', {
    label: 'attention in the question',
    effect: 'Prefix: the words of the question see each other both ways, as in T5.',
    advanced: true,
  }),
  steps: integer(400, 1, 10_000, {
    label: 'steps',
    unit: 'updates',
    typical: [50, 600],
    effect: 'More steps: better on the trained tasks; transfer to others may fall again.',
  }),
  batchSize: integer(32, 1, 256, {
    label: 'batch size',
    unit: 'examples',
    typical: [16, 64],
    effect: 'Larger: smoother gradients, more work per step.',
  }),
  learningRate: number(1e-3, 0, 1, {
    label: 'learning rate',
    symbol: '\\eta',
    typical: [2e-4, 2e-3],
    effect: 'Higher: learns the trained tasks faster, transfers less.',
  }),
});

export type InstructSettings = z.infer<typeof settings>;

/**
 * Instruction tuning (FLAN, Wei et al. 2021; T0, Sanh et al. 2021): supervised fine-tuning on many kinds of
 * tasks, each put in several wordings. Measured by greedy accuracy on wordings and entities that training
 * never had, for trained and for held-out clusters.
 */
export const instruct = defineStage({
  name: 'instruct',
  version: 1,
  settings,
  inputs: ['base'],
  place: { kind: 'lecture', armName: 'Instruction tuning' },
  learnsFrom: 'demonstrations',
  comparedWith: 'tasks',
  metrics: {
    loss: 'loss',
    accuracy: 'loss',
    'accuracy/heldOutClusters': 'loss',
    'accuracy/trainClusters': 'loss',
    entropy: 'policy',
    num_tokens: 'optimiser',
    grad_norm: 'optimiser',
  },
  figures: {
    ...ACCURACY_FIGURES,
    median: share(),
    q1: share(),
    q3: share(),
    iqr: share(),
    'median.heldOut': share(),
    'iqr.heldOut': share(),
    clusters: amount('clusters'),
  },
  headline: [],
  async *run(context, s, parents) {
    const model = modelOf(context, parent(parents, 'base'));
    const guard = new DivergenceGuard('instruct', model, s.learningRate);
    await guard.start();
    // The data does not depend on the alignment task.
    const web = { ...context, task: { ...context.task, name: 'instructions' } };
    const data = streamOf(web, 'instruct', 'data');
    const trained: InstructionCluster[] =
      s.cluster === 'several' ? TRAIN_CLUSTERS.slice(0, s.clusters) : [s.cluster];
    const heldOut = HELD_OUT_CLUSTERS.filter((c) => !trained.includes(c));
    const steps = trained.length ? s.steps : 0;
    const twoWay = s.attention === 'prefix';

    const draw = (): Sequence => {
      const template = data.int(0, s.templates - 1);
      const options = { answer: s.answer, instruction: s.instructions };
      const { prompt, answer } = instructionExample(data, data.choice(trained), template, 'train', options);
      const ids = [BOS, ...encode(prompt)];
      return {
        ids: [...ids, ...completionIds(answer)],
        start: ids.length,
        ...(twoWay ? { prefix: ids.length } : {}),
      };
    };
    const pool = s.examples === null || !steps ? null : Array.from({ length: s.examples }, draw);
    const next = () => (pool ? data.choice(pool) : draw());

    const measure = async (count: number) => {
      const questions = unseenQuestions(streamOf(web, 'instruct', 'test'), INSTRUCTION_CLUSTERS, count, {
        answer: s.answer,
      });
      const right = await greedyAccuracy(model, questions, twoWay);
      return { questions, right };
    };
    const headline = ({ questions, right }: Awaited<ReturnType<typeof measure>>) => {
      const onTrained = clusterMean(questions, right, trained);
      return {
        accuracy: clusterMean(questions, right, INSTRUCTION_CLUSTERS)!,
        'accuracy/heldOutClusters': clusterMean(questions, right, heldOut)!,
        ...(onTrained === undefined ? {} : { 'accuracy/trainClusters': onTrained }),
      };
    };
    const few = Math.max(6, Math.round(context.evaluation.prompts / 10)); // of each of 17 clusters
    const many = Math.max(6, Math.round(context.evaluation.finalPrompts / 10));

    let nextMeasure = steps / context.evaluation.times;
    let tokens = 0;
    try {
      const start = headline(await measure(few));
      yield { type: 'metrics', update: 0, updates: steps, samples: 0, tokens, metrics: start };
      for (let update = 1; update <= steps; update++) {
        const batch = Array.from({ length: s.batchSize }, next);
        tokens += batch.reduce((sum, row) => sum + row.ids.length, 0);
        const report = await model.update(
          [{ batch, want: { logProbs: true, entropy: true }, loss: sftLoss }],
          adamw(cosineSchedule(update - 1, steps, s.learningRate, 10)),
          isLogged(update, steps) && 'weights',
        );
        if (!report) continue;
        await guard.check(update, report);
        const due = update < steps && update >= nextMeasure;
        while (due && nextMeasure <= update) nextMeasure += steps / context.evaluation.times;
        yield {
          type: 'metrics',
          update,
          updates: steps,
          samples: update * s.batchSize,
          tokens,
          metrics: {
            loss: report.loss,
            ...report.metrics,
            num_tokens: tokens,
            grad_norm: report.gradNorm,
            ...(due ? headline(await measure(few)) : {}),
          },
        };
      }
      const last = await measure(many);
      const metrics = headline(last);
      yield { type: 'metrics', update: steps, updates: steps, samples: steps * s.batchSize, tokens, metrics };
      const { questions, right } = last;
      const spread = templateSpread(questions, right, INSTRUCTION_CLUSTERS);
      const elsewhere = templateSpread(questions, right, heldOut);
      return {
        artifact: { kind: 'model', config: model.config, weights: await model.weights() },
        summary: {
          ...metrics,
          ...perCluster(questions, right),
          median: spread.median,
          q1: spread.q1,
          q3: spread.q3,
          iqr: spread.iqr,
          'median.heldOut': elsewhere.median,
          'iqr.heldOut': elsewhere.iqr,
          clusters: trained.length,
          trainingExamples: steps ? (s.examples ?? steps * s.batchSize) : 0,
          tokensPerQuestion: mean(questions.map((q) => q.prompt.length)),
          mflopPerQuestion: mean(questions.map((q) => megaflops(model.config, q.prompt.length))),
        },
      };
    } finally {
      model.dispose();
    }
  },
});
