/** The toy world: a small language of facts, lists, reviews, posts and dialogue, with gold rewards and labelers. */
export type {
  AlignmentTask,
  Demonstration,
  DemonstrationSource,
  GoldPart,
  GoldScore,
  Prompt,
  Split,
} from './types';
export type { ListOperation, Words } from './lexicon';
export { FACTS, objectOf, RELATIONS, subjectsOf, type Fact, type Relation } from './facts';
export { CUES, SPECIAL_TOKENS, VOCABULARY } from './vocabulary';
export {
  BOS,
  decode,
  detokenize,
  encode,
  EOS,
  PAD,
  tokenizeText,
  UnknownWordError,
  type TokenizedText,
} from './tokenizer';
export { document, DOCUMENT_KINDS, packedCorpus, type DocumentKind } from './documents';
export {
  INSTRUCTION_CLUSTERS,
  instructionExample,
  instructionSubjects,
  TEMPLATE_COUNT,
  TRAIN_TEMPLATE_COUNT,
  TRAIN_TEMPLATES,
  UNSEEN_TEMPLATES,
  type InstructionCluster,
  type InstructionExample,
  type InstructionOptions,
} from './instructions';
export {
  countFlattery,
  DEFAULT_LABELER,
  drawTastes,
  LABELER_BIASES,
  perceivedReward,
  preferenceLabel,
  preferenceProbability,
  type JudgedCompletion,
  type Labeler,
  type Taste,
  type LabelerBias,
} from './labelers';
export {
  chatTask,
  reviewTask,
  sumsTask,
  TASK_NAMES,
  taskByName,
  TASKS,
  tldrTask,
  type TaskName,
} from './tasks';
export type { ChatMeta } from './tasks/chat';
export type { ReviewMeta } from './tasks/review';
export type { SumsMeta } from './tasks/sums';
export type { TldrMeta } from './tasks/tldr';
