import type { LanguageModel } from '../../engine/types';
import type { Rng } from '../../random/rng';
import { preferenceLabel, type Labeler, type LabelerBias } from '../../world';
import type { Split } from '../../world/types';
import type { PreferencePair, StageContext } from '../contract/stage';
import { drawPanel, judged } from './labelers';
import { drawPrompts, goldOf } from './tokens';

/** How labels are given; without `disagreement` by one labeler. */
export interface Judgement {
  /** Of the Bradley–Terry model, in units of gold. */
  labelTemperature: number;
  /** Share of labels turned around by mistake. */
  flipRate: number;
  bias: LabelerBias;
  /** Spread of the tastes of ten labelers. */
  disagreement?: number;
}

/** Samples two answers per prompt and labels them; pairs of identical answers are dropped. */
export async function comparePairs(
  context: StageContext,
  s: Judgement,
  model: LanguageModel,
  count: number,
  split: Split,
  streams: { prompts: Rng; noise: Rng; labels: Rng },
): Promise<PreferencePair[]> {
  const { prompts, ids } = drawPrompts(context.task, streams.prompts, split, count);
  const labeler = labelerOf(s);
  const people = s.disagreement ? drawPanel(context, s.disagreement).train : null;
  const options = { maxNewTokens: context.task.maxNewTokens, temperature: 1 };
  const a = await model.generate(ids, { ...options, noiseKey: streams.noise.uint32() });
  const b = await model.generate(ids, { ...options, noiseKey: streams.noise.uint32() });
  return prompts.flatMap((prompt, i) => {
    const answers = [a.completions[i]!, b.completions[i]!] as const;
    if (answers[0].join() === answers[1].join()) return [];
    const gold = answers.map((c) => goldOf(context.task, prompt, c).total) as [number, number];
    const firstWins = preferenceLabel(
      streams.labels,
      judged(answers[0], gold[0]),
      judged(answers[1], gold[1]),
      people ? { ...labeler, taste: streams.labels.choice(people) } : labeler,
    );
    const [w, l] = firstWins ? [0, 1] : [1, 0];
    return [
      {
        prompt: ids[i]!,
        chosen: answers[w as 0 | 1],
        rejected: answers[l as 0 | 1],
        goldChosen: gold[w]!,
        goldRejected: gold[l]!,
      },
    ];
  });
}

/** The labeler of a judgement, without any taste of their own. */
export const labelerOf = (s: Judgement): Labeler => ({
  temperature: s.labelTemperature,
  flipRate: s.flipRate,
  bias: s.bias,
});
