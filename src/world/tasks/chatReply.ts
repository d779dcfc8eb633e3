import { ALL_OBJECTS } from '../facts';
import type { Words } from '../lexicon';
import {
  ASK_ME_MORE,
  DO_NOT_KNOW,
  FLATTERY,
  HAPPY_TO_HELP,
  HELLO,
  REFUSAL,
  RUDE_LINES,
  SPAM_LINES,
  SURE,
  WELCOME,
  WELL,
} from '../templates';

/** What a fixed phrase does in a reply. */
export type PhraseKind = 'polite' | 'flattery' | 'bad' | 'filler' | 'refusal' | 'doNotKnow' | 'greeting';

/** A recognised piece of a reply. */
export type Segment =
  | { kind: PhraseKind }
  /** "it is O .", "O .", or with relation and subject "the R of S is O ." */
  | { kind: 'fact'; object: string; relation?: string; subject?: string }
  /** "you can V a B with a TOOL ." */
  | { kind: 'howTo'; verb: string; object: string };

export interface ParsedReply {
  segments: Segment[];
  /** Words that belong to no segment. */
  junk: string[];
}

const PHRASES: readonly (readonly [Words, PhraseKind])[] = [
  ...[SURE, HAPPY_TO_HELP, WELCOME].map((phrase) => [phrase, 'polite'] as const),
  ...FLATTERY.map((phrase) => [phrase, 'flattery'] as const),
  ...[...RUDE_LINES, ...SPAM_LINES].map((phrase) => [phrase, 'bad'] as const),
  [WELL, 'filler'],
  [ASK_ME_MORE, 'filler'],
  [REFUSAL, 'refusal'],
  [DO_NOT_KNOW, 'doNotKnow'],
  [HELLO, 'greeting'],
];

const startsWith = (words: Words, at: number, phrase: Words): boolean =>
  phrase.every((word, i) => words[at + i] === word);

type Reading = { segment: Segment; length: number } | null;

function readPhrase(words: Words, at: number): Reading {
  const found = PHRASES.find(([phrase]) => startsWith(words, at, phrase));
  return found ? { segment: { kind: found[1] }, length: found[0].length } : null;
}

/** "the {relation} of [the] {subject} is {object} ." */
function readStatement(words: Words, at: number): Reading {
  if (words[at] !== 'the' || words[at + 2] !== 'of') return null;
  const subjectAt = at + 3 + (words[at + 3] === 'the' ? 1 : 0);
  if (words[subjectAt + 1] !== 'is' || words[subjectAt + 3] !== '.') return null;
  const [relation, subject, object] = [words[at + 1]!, words[subjectAt]!, words[subjectAt + 2]!];
  return { segment: { kind: 'fact', relation, subject, object }, length: subjectAt + 4 - at };
}

/** "it is {object} ." */
function readShortAnswer(words: Words, at: number): Reading {
  if (!startsWith(words, at, ['it', 'is']) || words[at + 3] !== '.') return null;
  return { segment: { kind: 'fact', object: words[at + 2]! }, length: 4 };
}

/** "you can {verb} a {object} with a {tool} ." */
function readHowTo(words: Words, at: number): Reading {
  const fits =
    startsWith(words, at, ['you', 'can']) &&
    words[at + 3] === 'a' &&
    startsWith(words, at + 5, ['with', 'a']) &&
    words[at + 8] === '.';
  return fits
    ? { segment: { kind: 'howTo', verb: words[at + 2]!, object: words[at + 4]! }, length: 9 }
    : null;
}

/** "{object} ." */
function readBareAnswer(words: Words, at: number): Reading {
  if (!ALL_OBJECTS.has(words[at]!) || words[at + 1] !== '.') return null;
  return { segment: { kind: 'fact', object: words[at]! }, length: 2 };
}

const READERS = [readPhrase, readStatement, readShortAnswer, readHowTo, readBareAnswer];

/** Reads a reply from left to right; at each place the first reader that recognises something wins. */
export function parseReply(words: Words): ParsedReply {
  const segments: Segment[] = [];
  const junk: string[] = [];
  let at = 0;
  while (at < words.length) {
    let reading: Reading = null;
    for (const read of READERS) if ((reading = read(words, at))) break;
    if (reading) segments.push(reading.segment);
    else junk.push(words[at]!);
    at += reading?.length ?? 1;
  }
  return { segments, junk };
}
