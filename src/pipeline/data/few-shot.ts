import type { Rng } from '../../random/rng';
import { BOS, encode, instructionExample, type InstructionCluster } from '../../world';
import { streamOf, type StageContext } from '../contract/stage';
import { questionOf, type Question } from './questions';

/** How many solved examples stand in front of a question, and in which form. */
export interface FewShotForm {
  shots: number;
  /** Questions and answers, or a table as the web writes them (facts only). */
  format: 'qa' | 'table';
}

/** Questions with solved examples of the same cluster, wording and format in front of each. */
export function fewShotQuestions(
  context: StageContext,
  clusters: readonly InstructionCluster[],
  { shots, format }: FewShotForm,
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
