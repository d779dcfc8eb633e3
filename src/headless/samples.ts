import type { Engine } from '../engine/types';
import { sampleGold, drawEvaluationPrompts } from '../pipeline/measures/evaluate';
import type { Lab } from '../pipeline/lab/lab';
import type { LabConfig } from '../pipeline/lab/config';
import { usualFiller } from '../pipeline/stages';
import { answersPrompts } from '../pipeline/stages/traits';
import { textOf, type RecordedSample } from '../pipeline/records/recording';
import { modelOf, type LanguageModelArtifact, type StageContext } from '../pipeline/contract/stage';
import { decode, taskByName } from '../world';

/** Held-out prompts whose answers are kept with a recording. */
const PROMPTS = 8;

/** Answers of SFT and of every arm that has a policy of its own to the first held-out prompts of the run. */
export async function recordSamples(engine: Engine, lab: Lab, config: LabConfig): Promise<RecordedSample[]> {
  const task = taskByName(config.task);
  const { size, seed, evaluation } = config;
  const context: StageContext = { engine, size, task, seed, evaluation };
  const models = new Map<string, LanguageModelArtifact>();
  const add = (id: string) => {
    const artifact = lab.artifactOf(id);
    if (artifact?.kind === 'model') models.set(id, artifact);
  };
  const arms = config.arms.filter(answersPrompts);
  if (arms.length === 0) return [];
  add(usualFiller('sft'));
  for (const arm of arms) add(arm.id);
  const prompts = drawEvaluationPrompts(context, PROMPTS);
  const samples: RecordedSample[] = prompts.ids.map((ids) => ({
    prompt: decode(ids.slice(1)).join(' '),
    answers: [],
  }));
  for (const [id, artifact] of models) {
    const model = modelOf(context, artifact);
    try {
      const { completions, gold } = await sampleGold(context, model, prompts);
      completions.forEach((c, i) => samples[i]!.answers.push({ id, text: textOf(c), gold: gold[i]! }));
    } finally {
      model.dispose();
    }
  }
  return samples;
}
