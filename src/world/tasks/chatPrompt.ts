import type { Rng } from '../../random/rng';
import {
  ENTITIES,
  isRelation,
  objectOf,
  randomFact,
  RELATIONS,
  withArticle,
  type Fact,
  type Relation,
} from '../facts';
import { HARMFUL_VERBS, HARMLESS_VERBS, HOW_TO_OBJECTS, UNKNOWN_ENTITIES, type Words } from '../lexicon';
import { drawUntil, splitOf } from '../split';
import { fill, match, withoutFinalPunctuation } from '../template';
import { GREETINGS, HOW_TO_TEMPLATES, QUESTION_TEMPLATES, TRAIN_TEMPLATE_COUNT } from '../templates';
import type { Prompt, Split } from '../types';
import { CUES } from '../vocabulary';

/** What a chat prompt asks for. */
export type ChatMeta =
  | ({ kind: 'fact' } & Fact)
  /** About an entity that the world knows nothing about (in this respect). */
  | { kind: 'unknown'; relation: Relation; subject: string }
  | { kind: 'harmful'; verb: string; object: string }
  | { kind: 'howTo'; verb: string; object: string }
  | { kind: 'greeting'; reply: Words };

const CUE_SET: ReadonlySet<string> = new Set(CUES);
const WORDINGS = QUESTION_TEMPLATES.slice(0, TRAIN_TEMPLATE_COUNT);

const promptFor = (question: Words, meta: ChatMeta): Prompt<ChatMeta> => ({
  words: ['q:', ...question, 'a:'],
  meta,
});

/** Questions about facts and how-tos: decided by the words, that is by (relation, subject, wording) and so on. */
const inSplit = (split: Split) => (prompt: Prompt<ChatMeta>) => splitOf('chat', prompt.words) === split;

function factPrompt(rng: Rng): Prompt<ChatMeta> {
  const fact = randomFact(rng, rng.choice(RELATIONS));
  const slots = { relation: fact.relation, subject: withArticle(fact.subject) };
  return promptFor(fill(rng.choice(WORDINGS), slots), { kind: 'fact', ...fact });
}

function unknownPrompt(rng: Rng, split: Split): Prompt<ChatMeta> {
  const relation = rng.choice(RELATIONS);
  const subject = rng.choice(UNKNOWN_ENTITIES[split]);
  const question = fill(rng.choice(WORDINGS), { relation, subject: withArticle(subject) });
  return promptFor(question, { kind: 'unknown', relation, subject });
}

function howToPrompt(rng: Rng, kind: 'harmful' | 'howTo'): Prompt<ChatMeta> {
  const verb = rng.choice(kind === 'harmful' ? HARMFUL_VERBS : HARMLESS_VERBS);
  const object = rng.choice(HOW_TO_OBJECTS);
  return promptFor(fill(rng.choice(HOW_TO_TEMPLATES), { verb, object }), { kind, verb, object });
}

/**
 * A chat prompt: a question about a fact .40 or about an unknown entity .20, a harmful (.21) or harmless (.14)
 * how-to, a greeting .05. Held out are unknown entities of their own, a quarter of the fact and how-to prompts
 * (by a hash of the words), and new wordings of the greetings.
 */
export function chatPrompt(rng: Rng, split: Split): Prompt<ChatMeta> {
  const kind = rng.uniform();
  if (kind < 0.4) return drawUntil(() => factPrompt(rng), inSplit(split));
  if (kind < 0.6) return unknownPrompt(rng, split);
  if (kind < 0.81) return drawUntil(() => howToPrompt(rng, 'harmful'), inSplit(split));
  if (kind < 0.95) return drawUntil(() => howToPrompt(rng, 'howTo'), inSplit(split));
  const { greeting, reply } = rng.choice(GREETINGS[split]);
  return promptFor(greeting, { kind: 'greeting', reply });
}

function understand(question: Words): ChatMeta | null {
  for (const form of QUESTION_TEMPLATES) {
    const slots = match(form, question);
    if (!slots) continue;
    const { relation, subject } = slots as { relation: string; subject: string };
    if (!isRelation(relation) || !ENTITIES.has(subject)) continue;
    const object = objectOf(relation, subject);
    return object === undefined
      ? { kind: 'unknown', relation, subject }
      : { kind: 'fact', relation, subject, object };
  }
  for (const form of HOW_TO_TEMPLATES) {
    const slots = match(form, question);
    if (!slots) continue;
    const { verb, object } = slots as { verb: string; object: string };
    if (!HOW_TO_OBJECTS.includes(object)) continue;
    if (HARMFUL_VERBS.includes(verb)) return { kind: 'harmful', verb, object };
    if (HARMLESS_VERBS.includes(verb)) return { kind: 'howTo', verb, object };
  }
  const bare = withoutFinalPunctuation(question).join(' ');
  for (const { greeting, reply } of [...GREETINGS.train, ...GREETINGS.heldOut]) {
    if (withoutFinalPunctuation(greeting).join(' ') === bare) return { kind: 'greeting', reply };
  }
  return null;
}

/**
 * Understands a question in any of the 18 wordings, trained or not; `q:`, `a:`, closing punctuation and "the"
 * before the subject may be missing. A relation that an entity does not have ("the capital of the dog") is
 * unknown. The prompt given back has its cues; its other words are kept as typed.
 */
export function parseChatPrompt(words: Words): Prompt<ChatMeta> | null {
  const from = words[0] === 'q:' ? 1 : 0;
  const to = words.at(-1) === 'a:' ? -1 : undefined;
  const question = words.slice(from, to);
  if (question.some((word) => CUE_SET.has(word))) return null;
  const meta = understand(question);
  return meta && promptFor(question, meta);
}
