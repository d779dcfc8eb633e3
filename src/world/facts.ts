import type { Rng } from '../random/rng';
import {
  ALL_UNKNOWN_ENTITIES,
  ANIMALS,
  CAPITALS,
  COLOURS,
  COUNTRIES,
  HOMES,
  JOBS,
  KINGS,
  LANGUAGES,
  OPPOSITE_PAIRS,
  SOUNDS,
  THINGS,
  TOOLS,
  YOUNG_ANIMALS,
  type Words,
} from './lexicon';

/** The relations of the world, in a fixed order. */
export const RELATIONS = [
  'sound',
  'young',
  'home',
  'colour',
  'capital',
  'language',
  'king',
  'tool',
  'opposite',
] as const;
export type Relation = (typeof RELATIONS)[number];

/** "the {relation} of {subject} is {object}" */
export interface Fact {
  relation: Relation;
  subject: string;
  object: string;
}

const COLUMNS: Record<Relation, readonly [subjects: Words, objects: Words]> = {
  sound: [ANIMALS, SOUNDS],
  young: [ANIMALS, YOUNG_ANIMALS],
  home: [ANIMALS, HOMES],
  colour: [THINGS, COLOURS],
  capital: [COUNTRIES, CAPITALS],
  language: [COUNTRIES, LANGUAGES],
  king: [COUNTRIES, KINGS],
  tool: [JOBS, TOOLS],
  opposite: [OPPOSITE_PAIRS.flat(), OPPOSITE_PAIRS.flatMap(([a, b]) => [b, a])],
};

/** All 98 facts, ordered by relation and then as in the lexicon. */
export const FACTS: readonly Fact[] = RELATIONS.flatMap((relation) => {
  const [subjects, objects] = COLUMNS[relation];
  return subjects.map((subject, i) => ({ relation, subject, object: objects[i]! }));
});

const OBJECT_BY_SUBJECT = new Map(
  RELATIONS.map((relation) => [
    relation,
    new Map(FACTS.filter((fact) => fact.relation === relation).map((fact) => [fact.subject, fact.object])),
  ]),
);
const RELATION_NAMES: ReadonlySet<string> = new Set(RELATIONS);

export const isRelation = (word: string): word is Relation => RELATION_NAMES.has(word);

/** Subjects that the relation has facts about. */
export const subjectsOf = (relation: Relation): Words => COLUMNS[relation][0];

/** Objects of the relation's facts. */
export const objectsOf = (relation: Relation): Words => COLUMNS[relation][1];

/** The object of the fact, or undefined if the world holds no such fact. */
export const objectOf = (relation: Relation, subject: string): string | undefined =>
  OBJECT_BY_SUBJECT.get(relation)!.get(subject);

/** Words that some fact is about, known or unknown entities alike. */
export const ENTITIES: ReadonlySet<string> = new Set([
  ...FACTS.map((fact) => fact.subject),
  ...ALL_UNKNOWN_ENTITIES,
]);

/** Words that answer some fact question. */
export const ALL_OBJECTS: ReadonlySet<string> = new Set(FACTS.map((fact) => fact.object));

const WITH_ARTICLE: ReadonlySet<string> = new Set([...ANIMALS, ...THINGS, ...JOBS, ...ALL_UNKNOWN_ENTITIES]);

/** The subject as it stands in a sentence: "the dog", but "zorland" and "big". */
export const withArticle = (subject: string): Words =>
  WITH_ARTICLE.has(subject) ? ['the', subject] : [subject];

/** A fact of the relation, each subject equally likely. */
export function randomFact(rng: Rng, relation: Relation): Fact {
  const [subjects, objects] = COLUMNS[relation];
  const i = rng.int(0, subjects.length - 1);
  return { relation, subject: subjects[i]!, object: objects[i]! };
}

/** An object of the same relation that is not the right one. */
export function wrongObject(rng: Rng, fact: Fact): string {
  const objects = COLUMNS[fact.relation][1];
  for (;;) {
    const object = rng.choice(objects);
    if (object !== fact.object) return object;
  }
}
