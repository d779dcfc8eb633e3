import type { Rng } from '../../random/rng';
import { BOS, encode, instructionExample, UNSEEN_TEMPLATES, type InstructionOptions } from '../../world';
import type { InstructionCluster, InstructionExample } from '../../world';

/** Clusters that instruction tuning never trains on, unless one is asked for by name. */
export const HELD_OUT_CLUSTERS = ['capital', 'young', 'king', 'last'] as const;

/**
 * The others, in the order in which they are added to training: relations and list operations in turn, so
 * that a few clusters are already of different kinds; longer texts last.
 */
export const TRAIN_CLUSTERS = [
  'colour',
  'first',
  'language',
  'copy',
  'sound',
  'reverse',
  'tool',
  'count',
  'home',
  'odd',
  'opposite',
  'sentiment',
  'tldr',
] as const satisfies readonly InstructionCluster[];

/** A question with its one right answer; ids. */
export interface Question {
  cluster: InstructionCluster;
  template: number;
  /** With `<bos>`. */
  prompt: readonly number[];
  /** Without the closing full stop. */
  answer: readonly number[];
}

/** An example as a question. The answer's full stop is left to the rule of `isRight`. */
export const questionOf = ({ cluster, templateIndex, prompt, answer }: InstructionExample): Question => ({
  cluster,
  template: templateIndex,
  prompt: [BOS, ...encode(prompt)],
  answer: encode(answer.at(-1) === '.' ? answer.slice(0, -1) : answer),
});

/** `perCluster` questions of each cluster on held-out entities, every unseen wording equally often. */
export const unseenQuestions = (
  rng: Rng,
  clusters: readonly InstructionCluster[],
  perCluster: number,
  options: InstructionOptions = {},
): Question[] =>
  clusters.flatMap((cluster) =>
    Array.from({ length: perCluster }, (_, i) => {
      const template = UNSEEN_TEMPLATES[i % UNSEEN_TEMPLATES.length]!;
      return questionOf(
        instructionExample(rng.split(cluster).split(i), cluster, template, 'heldOut', options),
      );
    }),
  );
