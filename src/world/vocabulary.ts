import { FACTS, RELATIONS } from './facts';
import {
  ALL_UNKNOWN_ENTITIES,
  HARMFUL_VERBS,
  HARMLESS_VERBS,
  HOW_TO_OBJECTS,
  LIST_OPERATIONS,
  NUMBERS,
  POLARITY,
  POST_ADJECTIVES,
  POST_SUBJECTS,
  type Words,
} from './lexicon';
import { REVIEW_PATTERNS, REVIEW_SLOTS } from './reviews';
import { isSlot, type Template } from './template';
import * as forms from './templates';

/** Tokens with a technical meaning; ids 0, 1 and 2. */
export const SPECIAL_TOKENS = ['<pad>', '<bos>', '<eos>'] as const;
/** Words that announce what follows; ids 3 to 7. */
export const CUES = ['q:', 'a:', 'review:', 'post:', 'tldr:'] as const;

const frames: readonly forms.Frame[] = [
  ...forms.FILLERS,
  ...forms.GOSSIP.map((line) => line.frame),
  ...forms.SMALL_TALK.map((talk) => talk.answer),
];

const SENTENCES: readonly Template[] = [
  ...forms.QUESTION_TEMPLATES,
  ...forms.SENTIMENT_TEMPLATES,
  ...forms.SUMMARY_TEMPLATES,
  ...forms.VERIFICATION_TEMPLATES,
  ...forms.STATEMENT_FORMS.map((statement) => statement.form),
  forms.JUDGED_STATEMENT,
  forms.LIST_STATEMENT,
  forms.RATING,
  forms.SUMMARY,
  ...frames.map((frame) => frame.form),
  ...forms.SMALL_TALK.map((talk) => talk.question),
  ...forms.HOW_TO_TEMPLATES,
  forms.HOW_TO_ANSWER,
  forms.SHORT_ANSWER,
  forms.DO_NOT_KNOW,
  forms.REFUSAL,
  forms.SURE,
  forms.WELL,
  forms.HAPPY_TO_HELP,
  forms.WELCOME,
  forms.ASK_ME_MORE,
  forms.HELLO,
  ...forms.FLATTERY,
  ...forms.RUDE_LINES,
  ...forms.SPAM_LINES,
  ...Object.values(forms.GREETINGS).flatMap((greetings) => greetings.flatMap((g) => [g.greeting, g.reply])),
  ...REVIEW_PATTERNS.map((pattern) => pattern.form),
];

const FILLING: readonly Words[] = [
  RELATIONS,
  ...FACTS.map((fact) => [fact.subject, fact.object]),
  ALL_UNKNOWN_ENTITIES,
  NUMBERS,
  LIST_OPERATIONS,
  ...Object.values(REVIEW_SLOTS),
  [...POLARITY.keys()],
  POST_SUBJECTS,
  POST_ADJECTIVES,
  HARMFUL_VERBS,
  HARMLESS_VERBS,
  HOW_TO_OBJECTS,
  forms.VERDICTS,
  forms.YES_OR_NO,
  ...frames.flatMap((frame) => Object.values(frame.choices)),
];

const CONTENT = new Set([...SENTENCES, ...FILLING].flat().filter((word) => !isSlot(word)));

/**
 * Every token, at the index that is its id: specials, cues, then all words of the lexicon and the templates,
 * punctuation included, in code-unit order. The order depends on the set of words only, not on where a word is
 * listed or on any sampling. Changing it invalidates saved checkpoints.
 */
export const VOCABULARY: Words = [...SPECIAL_TOKENS, ...CUES, ...[...CONTENT].sort()];
