import { z } from 'zod';
import type { Sequence } from '../../engine/types';
import { MessageError } from '../../messages';
import { drawEvaluationPrompts, EVALUATION_FIGURES, sampleGold } from '../measures/evaluate';
import { DivergenceGuard, isLogged } from '../training/guard';
import { sftLoss } from '../losses/sft';
import { adamw, cosineSchedule } from '../training/optimizer';
import { shuffledBatches } from '../training/batches';
import { integer, number } from '../contract/settings';
import {
  defineStage,
  modelOf,
  parent,
  streamOf,
  type LanguageModelArtifact,
  type MetricsEvent,
  type StageResult,
} from '../contract/stage';
import { mean } from '../maths/statistics';
import { drawPrompts, sequence } from '../data/tokens';

const settings = z.object({
  answers: integer(4096, 32, 100_000, {
    label: 'answers of the teacher',
    unit: 'answers',
    typical: [1000, 10_000],
    effect: 'More: the student sees each answer less often and more of what the teacher can say.',
  }),
  steps: integer(300, 1, 10_000, {
    label: 'steps',
    unit: 'updates',
    typical: [100, 700],
    effect: 'More steps: closer to the teacher.',
  }),
  batchSize: integer(32, 1, 256, {
    label: 'batch size',
    unit: 'answers',
    typical: [16, 64],
    effect: 'Larger: smoother gradients, more work per step.',
  }),
  learningRate: number(2e-3, 0, 1, {
    label: 'learning rate',
    symbol: '\\eta',
    typical: [5e-4, 2e-3],
    effect: 'Higher: learns the format faster and forgets the web text faster.',
  }),
});

export type DistilSettings = z.infer<typeof settings>;

/**
 * Distilled supervised fine-tuning (dSFT, Tunstall et al. 2023): the base model is trained on the answers of
 * a teacher instead of on people's demonstrations. The teacher is the SFT model of another trunk.
 */
export const distil = defineStage({
  name: 'distil',
  version: 1,
  settings,
  inputs: ['base', 'teacher'],
  place: { kind: 'trunk', fills: [], mayFill: ['sft'] },
  learnsFrom: 'demonstrations',
  metrics: {
    loss: 'loss',
    entropy: 'policy',
    answers: 'optimiser',
    finished: 'optimiser',
    num_tokens: 'optimiser',
    grad_norm: 'optimiser',
  },
  figures: { gold: EVALUATION_FIGURES.gold, length: EVALUATION_FIGURES.length },
  headline: [{ figure: 'gold', from: 'summary', until: ['loss'], meanwhile: 'loss' }],
  async *run(context, s, parents): AsyncGenerator<MetricsEvent, StageResult<LanguageModelArtifact>, void> {
    const stream = (purpose: string) => streamOf(context, 'distil', purpose);
    const [prompts, noise, order] = [stream('prompts'), stream('noise'), stream('order')];
    const teacher = modelOf(context, parent(parents, 'teacher'));
    const answers: Sequence[] = [];
    let tokens = 0;
    try {
      const chunk = 512;
      // A teacher that never ends its answers teaches nothing; do not wait for it forever.
      for (let tries = 0; answers.length < s.answers && tries < 4 * Math.ceil(s.answers / chunk); tries++) {
        const { ids } = drawPrompts(context.task, prompts, 'train', chunk);
        const rollout = await teacher.generate(ids, {
          maxNewTokens: context.task.maxNewTokens,
          temperature: 1,
          noiseKey: noise.uint32(),
        });
        const finished = ids.flatMap((prompt, i) =>
          rollout.finished[i] ? [sequence(prompt, rollout.completions[i]!)] : [],
        );
        answers.push(...finished.slice(0, s.answers - answers.length));
        tokens += rollout.completions.reduce((sum, c) => sum + c.length, 0);
        yield {
          type: 'metrics',
          update: 0,
          updates: s.steps,
          samples: 0,
          tokens,
          metrics: { answers: answers.length, finished: mean(rollout.finished.map(Number)) },
        };
      }
    } finally {
      teacher.dispose();
    }
    if (answers.length === 0) throw new MessageError({ code: 'teacher.endless', values: {} });

    const model = modelOf(context, parent(parents, 'base'));
    const guard = new DivergenceGuard('distil', model, s.learningRate);
    await guard.start();
    const batches = shuffledBatches(answers.length, s.batchSize, (xs) => order.shuffle(xs));
    let samples = 0;
    try {
      for (let update = 1; update <= s.steps; update++) {
        const batch = batches.next().value!.map((i) => answers[i]!);
        samples += batch.length;
        tokens += batch.reduce((sum, row) => sum + row.ids.length, 0);
        const report = await model.update(
          [{ batch, want: { logProbs: true, entropy: true }, loss: sftLoss }],
          adamw(cosineSchedule(update - 1, s.steps, s.learningRate, 10)),
          isLogged(update, s.steps) && 'weights',
        );
        if (!report) continue;
        await guard.check(update, report);
        yield {
          type: 'metrics',
          update,
          updates: s.steps,
          samples,
          tokens,
          metrics: { loss: report.loss, ...report.metrics, num_tokens: tokens, grad_norm: report.gradNorm },
        };
      }
      const heldOut = drawEvaluationPrompts(context, context.evaluation.finalPrompts);
      const { gold, completions } = await sampleGold(context, model, heldOut);
      return {
        artifact: { kind: 'model', config: model.config, weights: await model.weights() },
        summary: { gold: mean(gold), length: mean(completions.map((c) => c.length)) },
      };
    } finally {
      model.dispose();
    }
  },
});
