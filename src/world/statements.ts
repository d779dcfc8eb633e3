/** Sentences about facts and lists, as the pretraining web writes them. */
import type { Rng } from '../random/rng';
import { objectOf, randomFact, RELATIONS, subjectsOf, withArticle, wrongObject } from './facts';
import { LIST_OPERATIONS, LIST_POOLS, NUMBERS, type ListOperation, type Words } from './lexicon';
import { fill } from './template';
import { JUDGED_STATEMENT, LIST_STATEMENT, STATEMENT_FORMS } from './templates';

const TABLE_SHARE = 0.3;
const SAME_RELATION_SHARE = 0.25;
const FALSE_SHARE = 0.06;
const JUDGED_SHARE = 0.3;
const STATEMENT_WEIGHTS = STATEMENT_FORMS.map((form) => form.weight);

/** "dog : puppy , cat : kitten ." for up to five subjects, half of the time with the relation as a heading. */
function factTable(rng: Rng, rows: number): string[] {
  const relation = rng.choice(RELATIONS);
  const out: string[] = rng.bernoulli(0.5) ? [relation, ':'] : [];
  for (const subject of rng.sample(subjectsOf(relation), Math.min(rows, 5))) {
    out.push(subject, ':', objectOf(relation, subject)!, ',');
  }
  out[out.length - 1] = '.';
  return out;
}

/** A document of 3–6 statements or a table of facts; 6 % of plain statements are false. */
export function factDocument(rng: Rng): string[] {
  const kind = rng.uniform();
  const count = rng.int(3, 6);
  if (kind < TABLE_SHARE) return factTable(rng, count);
  const sameRelation = kind < TABLE_SHARE + SAME_RELATION_SHARE;
  let relation = rng.choice(RELATIONS);
  const out: string[] = [];
  for (let i = 0; i < count; i++) {
    if (!sameRelation) relation = rng.choice(RELATIONS);
    const fact = randomFact(rng, relation);
    const subject = withArticle(fact.subject);
    if (rng.bernoulli(JUDGED_SHARE)) {
      const verdict = rng.bernoulli(0.5) ? 'true' : 'false';
      const object = verdict === 'true' ? fact.object : wrongObject(rng, fact);
      out.push(...fill(JUDGED_STATEMENT, { relation, subject, object, verdict }));
    } else {
      const object = rng.bernoulli(FALSE_SHARE) ? wrongObject(rng, fact) : fact.object;
      const { form } = rng.weighted(STATEMENT_FORMS, STATEMENT_WEIGHTS);
      out.push(...fill(form, { relation, subject, object }));
    }
  }
  return out;
}

/** A list and the result of an operation on it. */
export interface ListExercise {
  items: Words;
  result: Words;
}

/** `odd`: 3–4 items of which one is of another kind; other operations: 2–4 items of one kind. */
export function listExercise(rng: Rng, operation: ListOperation): ListExercise {
  if (operation === 'odd') {
    const [common, other] = rng.sample(LIST_POOLS, 2);
    const odd = rng.choice(other!);
    const items = rng.sample(common!, rng.int(2, 3));
    items.splice(rng.int(0, items.length), 0, odd);
    return { items, result: [odd] };
  }
  const size = rng.int(2, 4);
  const items = rng.sample(rng.choice(LIST_POOLS), size);
  return { items, result: listResult(operation, items) };
}

function listResult(operation: Exclude<ListOperation, 'odd'>, items: Words): Words {
  switch (operation) {
    case 'first':
      return items.slice(0, 1);
    case 'last':
      return items.slice(-1);
    case 'reverse':
      return items.toReversed();
    case 'copy':
      return items;
    case 'count':
      return [NUMBERS[items.length]!];
  }
}

/** 2–4 statements such as "the last of the list dog cat is cat ." */
export function listDocument(rng: Rng): string[] {
  const out: string[] = [];
  for (let left = rng.int(2, 4); left > 0; left--) {
    const operation = rng.choice(LIST_OPERATIONS);
    const { items, result } = listExercise(rng, operation);
    out.push(...fill(LIST_STATEMENT, { operation, items, result }));
  }
  return out;
}

export const isListOperation = (word: string): word is ListOperation =>
  (LIST_OPERATIONS as Words).includes(word);
