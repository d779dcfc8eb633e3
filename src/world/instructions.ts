/** Instruction clusters for multi-task fine-tuning (as in FLAN and T0). */
import { rngFrom, type Rng } from '../random/rng';
import {
  isRelation,
  objectOf,
  RELATIONS,
  subjectsOf,
  withArticle,
  wrongObject,
  type Relation,
} from './facts';
import { LIST_OPERATIONS, type ListOperation, type Words } from './lexicon';
import { post, summaryOf } from './posts';
import { review } from './reviews';
import { isListOperation, listExercise } from './statements';
import { fill } from './template';
import {
  LIST_STATEMENT,
  QUESTION_TEMPLATES,
  SENTIMENT_TEMPLATES,
  STATEMENT,
  SUMMARY_TEMPLATES,
  TEMPLATE_COUNT,
  TRAIN_TEMPLATE_COUNT,
  VERIFICATION_TEMPLATES,
} from './templates';
import type { Split } from './types';

export { TEMPLATE_COUNT, TRAIN_TEMPLATE_COUNT };

/** The 17 clusters that a small model can learn. */
export const INSTRUCTION_CLUSTERS = [...RELATIONS, ...LIST_OPERATIONS, 'sentiment', 'tldr'] as const;

/**
 * Also `verification` ("is it true that …", yes or no): beyond a 2-layer model in a few hundred steps, and mixing
 * it in spoils the transfer of the others, so it is not in `INSTRUCTION_CLUSTERS`.
 */
export type InstructionCluster = (typeof INSTRUCTION_CLUSTERS)[number] | 'verification';

export interface InstructionOptions {
  /** `short`: "mip ." — `sentence`: "the capital of zorland is mip ." (relations and list operations only). */
  answer?: 'short' | 'sentence';
  /** False: the prompt has the input only, without the instruction ("q: zorland a:"). Default true. */
  instruction?: boolean;
}

export interface InstructionExample {
  cluster: InstructionCluster;
  templateIndex: number;
  /** Ends with `a:`; without `<bos>`. */
  prompt: Words;
  /** Without `<eos>`. */
  answer: Words;
}

/** Indices 0–11 of the templates seen in training. */
export const TRAIN_TEMPLATES: readonly number[] = Array.from({ length: TRAIN_TEMPLATE_COUNT }, (_, i) => i);
/** Indices 12–17 of the templates never seen in training. */
export const UNSEEN_TEMPLATES: readonly number[] = Array.from(
  { length: TEMPLATE_COUNT - TRAIN_TEMPLATE_COUNT },
  (_, i) => TRAIN_TEMPLATE_COUNT + i,
);

const SUBJECTS = new Map(
  RELATIONS.map((relation) => {
    const all = subjectsOf(relation);
    const count = Math.max(3, Math.floor(all.length / 4));
    const heldOut = new Set(rngFrom('held-out-subjects', relation).sample(all, count));
    return [
      relation,
      { train: all.filter((s) => !heldOut.has(s)), heldOut: all.filter((s) => heldOut.has(s)) },
    ] as const;
  }),
);

/** Subjects of the relation in each split. Held out: max(3, 25 %), known from pretraining only. */
export const instructionSubjects = (relation: Relation, split: Split): Words =>
  SUBJECTS.get(relation)![split];

type Content = Omit<InstructionExample, 'cluster' | 'templateIndex'>;

/** "q: {instruction or input} a:" after an optional text. */
const ask = (question: Words, text: Words = []): Words => [...text, 'q:', ...question, 'a:'];

function relationExample(
  rng: Rng,
  relation: Relation,
  index: number,
  split: Split,
  o: Required<InstructionOptions>,
): Content {
  const subject = rng.choice(instructionSubjects(relation, split));
  const slots = { relation, subject: withArticle(subject), object: objectOf(relation, subject)! };
  return {
    prompt: ask(o.instruction ? fill(QUESTION_TEMPLATES[index]!, slots) : slots.subject),
    answer: o.answer === 'sentence' ? fill(STATEMENT, slots) : [slots.object, '.'],
  };
}

function listExample(
  rng: Rng,
  operation: ListOperation,
  index: number,
  o: Required<InstructionOptions>,
): Content {
  const { items, result } = listExercise(rng, operation);
  const slots = { relation: operation, subject: ['the', 'list', ...items] };
  return {
    prompt: ask(o.instruction ? fill(QUESTION_TEMPLATES[index]!, slots) : items),
    answer: o.answer === 'sentence' ? fill(LIST_STATEMENT, { operation, items, result }) : [...result, '.'],
  };
}

const textPrompt = (text: Words, question: Words, o: Required<InstructionOptions>): Words =>
  o.instruction ? ask(question, text) : [...text, 'a:'];

function sentimentExample(rng: Rng, index: number, o: Required<InstructionOptions>): Content {
  const { words, tone } = review(rng, { opposite: 0.1, maxSentences: 3 });
  return {
    prompt: textPrompt(['review:', ...words], SENTIMENT_TEMPLATES[index]!, o),
    answer: [tone > 0 ? 'good' : 'bad', '.'],
  };
}

function tldrExample(rng: Rng, index: number, split: Split, o: Required<InstructionOptions>): Content {
  const { words, point } = post(rng, split);
  return { prompt: textPrompt(['post:', ...words], SUMMARY_TEMPLATES[index]!, o), answer: summaryOf(point) };
}

function verificationExample(
  rng: Rng,
  index: number,
  split: Split,
  o: Required<InstructionOptions>,
): Content {
  const relation = rng.choice(RELATIONS);
  const subject = rng.choice(instructionSubjects(relation, split));
  const truth = rng.bernoulli(0.5);
  const right = objectOf(relation, subject)!;
  const object = truth ? right : wrongObject(rng, { relation, subject, object: right });
  const slots = { relation, subject: withArticle(subject), object };
  return {
    prompt: ask(o.instruction ? fill(VERIFICATION_TEMPLATES[index]!, slots) : [...slots.subject, object]),
    answer: [truth ? 'yes' : 'no', '.'],
  };
}

/**
 * One example of a cluster in one wording. `split` decides which subjects (relations, verification) and which
 * (subject, adjective) pairs (tldr) occur; lists and reviews are drawn afresh in either. Throws a RangeError if
 * `templateIndex` is not a whole number from 0 to 17 (`TRAIN_TEMPLATES`, `UNSEEN_TEMPLATES`).
 */
export function instructionExample(
  rng: Rng,
  cluster: InstructionCluster,
  templateIndex: number,
  split: Split,
  options: InstructionOptions = {},
): InstructionExample {
  if (!Number.isInteger(templateIndex) || templateIndex < 0 || templateIndex >= TEMPLATE_COUNT) {
    throw new RangeError(`No template ${templateIndex}; there are ${TEMPLATE_COUNT}.`);
  }
  const o = { answer: 'short', instruction: true, ...options } as const;
  const content = () => {
    if (isRelation(cluster)) return relationExample(rng, cluster, templateIndex, split, o);
    if (isListOperation(cluster)) return listExample(rng, cluster, templateIndex, o);
    if (cluster === 'sentiment') return sentimentExample(rng, templateIndex, o);
    if (cluster === 'tldr') return tldrExample(rng, templateIndex, split, o);
    return verificationExample(rng, templateIndex, split, o);
  };
  return { cluster, templateIndex, ...content() };
}
