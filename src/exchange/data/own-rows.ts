import { message, MessageError, messageOf, type Message } from '../../messages';
import { parseStrict } from '../../model/strict-json';
import { MOST_OWN, type OwnData } from '../../pipeline/contract/own';
import { SPECIAL_TOKENS, tokenizeText } from '../../world';
import type { AlignmentTask } from '../../world/types';
import { MOST_BYTES } from '../files';
import { MOST_CHARACTERS } from './formats';
import { tooMany } from './jsonl';

/** TRL's three formats, as kinds of own data. */
export type RowKind = 'demonstrations' | 'pairs' | 'prompts';

/** The columns of each, in the order in which a row is told apart by them. */
const COLUMNS: Readonly<Record<RowKind, readonly string[]>> = {
  pairs: ['prompt', 'chosen', 'rejected'],
  demonstrations: ['prompt', 'completion'],
  prompts: ['prompt'],
};
export const ROW_KINDS = Object.keys(COLUMNS) as readonly RowKind[];

/** One line of a file. */
export interface ReadRow {
  /** From 1, empty lines counted. */
  line: number;
  /** What it says, for people: by column, in order. */
  shown: Readonly<Record<string, string>>;
  /** Words by column, the prompt in the task's form; `<eos>` at the end of answers. Only of sound rows. */
  words?: Readonly<Record<string, readonly string[]>>;
  /** What is wrong with it. */
  problem?: Message;
  /** Words outside the vocabulary. */
  unknown: readonly string[];
  /** The task knows what a good answer to its prompt is. */
  hasGold: boolean;
}

/** What was found in a file. */
export interface OwnReading {
  /** Of the first row that has one; undefined where no row is of a known format. */
  kind: RowKind | undefined;
  rows: readonly ReadRow[];
  sound: number;
  /** Words outside the vocabulary and in how many rows they stand, the most frequent first. */
  unknown: readonly { word: string; rows: number }[];
  /** Sound rows whose prompt is not of the task's form: there is no gold for them. */
  withoutGold: number;
}

/** What rows have to fit into. */
export interface Fitting {
  task: AlignmentTask;
  /** Most tokens of a sequence, `<bos>` and `<eos>` included. */
  nPositions: number;
}

/**
 * Reads JSON Lines in one of TRL's formats (prompt–completion, preference, prompt-only), standard or conversational where
 * a conversation is one question and one answer. Rows that are wrong are told, not thrown; throws a MessageError only
 * where the text as a whole is too much.
 */
export function readOwnRows(content: string, fitting: Fitting): OwnReading {
  if (content.length > MOST_BYTES.table)
    throw new MessageError(message('value.tooLong', { max: MOST_BYTES.table, what: 'characters' }));
  const lines = content.replace(/^\uFEFF/, '').split('\n');
  if (lines.filter((line) => line.trim() !== '').length > MOST_OWN.rows) throw new MessageError(tooMany());
  let kind: RowKind | undefined;
  const rows = lines.flatMap((text, i): ReadRow[] => {
    if (text.trim() === '') return [];
    const read = readLine(text, i + 1, kind, fitting);
    kind ??= read.kind;
    return [read.row];
  });
  const sound = rows.filter(({ words }) => words);
  return {
    kind,
    rows,
    sound: sound.length,
    unknown: counted(rows.flatMap(({ unknown }) => unknown)),
    withoutGold: sound.filter(({ hasGold }) => !hasGold).length,
  };
}

/** The sound rows as own data, prompts only with a gold; undefined where there are none. */
export function ownDataOf({ kind, rows }: OwnReading): OwnData | undefined {
  const sound = rows.flatMap(({ words, hasGold }) =>
    words && (kind !== 'prompts' || hasGold) ? [words] : [],
  );
  if (!kind || sound.length === 0) return undefined;
  const copy = (name: string) => (row: (typeof sound)[number]) => [...row[name]!];
  const [prompt, completion, chosen, rejected] = ['prompt', 'completion', 'chosen', 'rejected'].map(copy);
  switch (kind) {
    case 'pairs':
      return {
        kind,
        rows: sound.map((r) => ({ prompt: prompt!(r), chosen: chosen!(r), rejected: rejected!(r) })),
      };
    case 'demonstrations':
      return { kind, rows: sound.map((r) => ({ prompt: prompt!(r), completion: completion!(r) })) };
    case 'prompts':
      return { kind, rows: sound.map((r) => ({ prompt: prompt!(r) })) };
  }
}

function readLine(
  text: string,
  line: number,
  expected: RowKind | undefined,
  fitting: Fitting,
): { kind?: RowKind; row: ReadRow } {
  let shown: Record<string, string> = { text: text.slice(0, 400) };
  const bad = (problem: Message, unknown: readonly string[] = []): { row: ReadRow } => ({
    row: { line, shown, problem, unknown, hasGold: false },
  });
  try {
    const value = parseStrict(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return bad(message('own.noObject', {}));
    const fields = value as Record<string, unknown>;
    const kind = kindOf(fields);
    if (!kind) return bad(message('own.columns', { found: Object.keys(fields).slice(0, 12) }));
    shown = Object.fromEntries(COLUMNS[kind].map((name) => [name, textOf(fields, name)]));
    if (expected && kind !== expected) return { ...bad(message('own.mixed', { kind, expected })), kind };
    return { kind, row: { line, shown, ...wordsOf(shown, fitting) } };
  } catch (error) {
    return bad(messageOf(error));
  }
}

function kindOf(fields: Readonly<Record<string, unknown>>): RowKind | undefined {
  return ROW_KINDS.find((kind) => COLUMNS[kind].every((name) => Object.hasOwn(fields, name)));
}

/** The text of a column; of a conversation the one thing that is said. Throws a MessageError. */
function textOf(fields: Readonly<Record<string, unknown>>, column: string): string {
  const value = fields[column];
  const text = typeof value === 'string' ? value : spoken(value, column);
  if (text.length > MOST_CHARACTERS)
    throw at(column, message('value.tooLong', { max: MOST_CHARACTERS, what: 'characters' }));
  if (/\p{Surrogate}/u.test(text)) throw at(column, message('value.invalid', { got: column }));
  return text;
}

const at = (path: string, problem: Message) => new MessageError(message('at', { path, problem }));

/** `[{ role, content }]` with one message by the right speaker. */
function spoken(value: unknown, column: string): string {
  const speaker = column === 'prompt' ? 'user' : 'assistant';
  const [said, ...more] = Array.isArray(value) ? (value as { role?: unknown; content?: unknown }[]) : [];
  if (!said || more.length > 0 || said.role !== speaker || typeof said.content !== 'string')
    throw at(column, message('own.turns', { role: speaker }));
  return said.content;
}

/** Words of the columns, or what is wrong with them. */
function wordsOf(
  shown: Readonly<Record<string, string>>,
  { task, nPositions }: Fitting,
): Pick<ReadRow, 'words' | 'problem' | 'unknown' | 'hasGold'> {
  const read = Object.entries(shown).map(([name, text]) => [name, tokenizeText(text)] as const);
  const unknown = [...new Set(read.flatMap(([, tokenized]) => tokenized.unknown))];
  const none = { unknown, hasGold: false };
  if (unknown.length > 0)
    return { ...none, problem: message('own.unknownWords', { words: unknown.slice(0, 12) }) };
  const empty = read.find(([, { words }]) => words.length === 0);
  if (empty) return { ...none, problem: message('own.empty', { column: empty[0] }) };
  const byName = Object.fromEntries(read.map(([name, { words }]) => [name, words]));
  const parsed = task.parsePrompt(byName['prompt']!);
  const words: Record<string, readonly string[]> = { prompt: parsed?.words ?? byName['prompt']! };
  for (const [name, said] of Object.entries(byName))
    if (name !== 'prompt') words[name] = [...said, SPECIAL_TOKENS[2]];
  const answers = Object.entries(words).filter(([name]) => name !== 'prompt');
  const longest = answers.length ? Math.max(...answers.map(([, said]) => said.length)) : task.maxNewTokens;
  const tokens = 1 + words['prompt']!.length + longest;
  if (tokens > nPositions)
    return { ...none, problem: message('exchange.tooLong', { tokens, most: nPositions }) };
  if (words['chosen'] && words['chosen'].join(' ') === words['rejected']!.join(' '))
    return { ...none, problem: message('own.same', {}) };
  return { words, unknown, hasGold: parsed !== null };
}

function counted(words: readonly string[]): { word: string; rows: number }[] {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, rows]) => ({ word, rows })).sort((a, b) => b.rows - a.rows);
}
