import type { Words } from './lexicon';

/** A sentence form: words, of which those in braces are slots, for example `the {relation} of {subject} ?`. */
export type Template = Words;

export type Slots = Record<string, string | Words>;

const OPEN_BRACE = 123;
export const isSlot = (word: string): boolean => word.charCodeAt(0) === OPEN_BRACE;

export const template = (text: string): Template => text.split(' ');

/** The template with every slot filled. Throws an Error if a slot has no value. */
export function fill(form: Template, slots: Slots): string[] {
  const out: string[] = [];
  for (const word of form) {
    if (!isSlot(word)) {
      out.push(word);
      continue;
    }
    const value = slots[word.slice(1, -1)];
    if (value === undefined) throw new RangeError(`Nothing given for ${word} in "${form.join(' ')}".`);
    if (typeof value === 'string') out.push(value);
    else out.push(...value);
  }
  return out;
}

const SENTENCE_END = new Set(['.', '?', '!']);

/** The words without closing full stops, question and exclamation marks. */
export function withoutFinalPunctuation(words: Words): Words {
  let end = words.length;
  while (end > 0 && SENTENCE_END.has(words[end - 1]!)) end--;
  return words.slice(0, end);
}

/**
 * The reverse of `fill` for one-word slots: which words fill the slots, or null if the words do not have this
 * form. A slot takes one word; "the" before it is skipped. Closing punctuation may differ or be missing.
 */
export function match(form: Template, words: Words): Record<string, string> | null {
  const expected = withoutFinalPunctuation(form);
  const given = withoutFinalPunctuation(words);
  const slots: Record<string, string> = {};
  let at = 0;
  for (const word of expected) {
    if (isSlot(word)) {
      if (given[at] === 'the') at++;
      const value = given[at];
      if (value === undefined) return null;
      slots[word.slice(1, -1)] = value;
    } else if (given[at] !== word) return null;
    at++;
  }
  return at === given.length ? slots : null;
}
