import { z } from 'zod';
import { message, MessageError, messageOf, type Message } from '../../messages';
import { checkedShape } from '../../messages/shape';
import { parseStrict } from '../../model/strict-json';
import { MOST_OWN } from '../../pipeline/contract/own';
import { goldMargin, type Label } from '../../pipeline/data/labels';
import { decode, encode, TASK_NAMES, taskByName } from '../../world';
import { at, bytesOfText, MOST_BYTES } from '../files';
import { answerIdsOf, answerText, isFinished, promptIdsOf } from '../text';
import { MOST_CHARACTERS, MOST_ROWS } from './formats';
import { tooMany } from './jsonl';

/*
 * Labels as JSON Lines: TRL's preference format (prompt, chosen, rejected as text; see `exchange/text.ts`) and what else is
 * known of a label in columns of their own, which trainers ignore. A tie stands with `tie: true`: leave such rows out of
 * training, as the lab does.
 */

const text = z.string().max(MOST_CHARACTERS);

const rowSchema = z.object({
  prompt: text,
  chosen: text,
  rejected: text,
  tie: z.boolean().default(false),
  labeler: z.string().trim().min(1).max(MOST_OWN.name).optional(),
  labeled_at: z.iso.datetime().optional(),
  repeat: z.number().int().min(0).max(99).default(0),
  task: z.enum(TASK_NAMES as readonly [string, ...string[]]).optional(),
  chosen_ends: z.boolean().default(true),
  rejected_ends: z.boolean().default(true),
});

/** Labels as they are merged with those of other people, ties and repeats included; skipped ones say nothing. */
export function labelLines(labels: readonly Label[]): Uint8Array<ArrayBuffer> {
  const rows = labels.filter(({ choice }) => choice !== 'skip').map(rowOf);
  return bytesOfText(rows.map((row) => JSON.stringify(row) + '\n').join(''));
}

/** Labels as trainers take them: what people decided when they were asked first. */
export const trainingLines = (labels: readonly Label[]): Uint8Array<ArrayBuffer> =>
  labelLines(labels.filter(({ choice, repeat }) => choice !== 'tie' && repeat === 0));

function rowOf(label: Label): Record<string, unknown> {
  const { task, prompt, first, second, choice, who, when, repeat } = label;
  const [chosen, rejected] = (choice === 'second' ? [second, first] : [first, second]).map(encode);
  const margin = goldMargin(taskByName(task), label);
  return {
    prompt: prompt.join(' '),
    chosen: answerText(chosen!),
    rejected: answerText(rejected!),
    tie: choice === 'tie',
    labeler: who,
    labeled_at: new Date(when).toISOString(),
    repeat,
    task,
    chosen_ends: isFinished(chosen!),
    rejected_ends: isFinished(rejected!),
    gold_margin: margin === undefined ? null : choice === 'second' ? -margin : margin,
  };
}

/** What could not be read, by line from 1. */
export interface BadLine {
  line: number;
  message: Message;
}

/** Labels whose rows do not say it are of this task and by this person. */
export interface LabelDefaults {
  task: string;
  who: string;
}

/** Reads what `labelLines` wrote, or any file in TRL's preference format: sound rows, and what is wrong with the others. */
export function readLabelLines(
  content: string,
  defaults: LabelDefaults,
): { labels: Label[]; bad: BadLine[] } {
  if (content.length > MOST_BYTES.table)
    throw new MessageError(message('value.tooLong', { max: MOST_BYTES.table, what: 'characters' }));
  const lines = content.split('\n');
  if (lines.length > MOST_ROWS + 1) throw new MessageError(tooMany());
  const labels: Label[] = [];
  const bad: BadLine[] = [];
  lines.forEach((line, i) => {
    if (line.trim() === '') return;
    try {
      labels.push(labelOf(line, defaults));
    } catch (error) {
      bad.push({ line: i + 1, message: messageOf(error) });
    }
  });
  return { labels, bad };
}

function labelOf(line: string, defaults: LabelDefaults): Label {
  const row = checkedShape(rowSchema, parsed(line));
  const prompt = decode(at('prompt', () => promptIdsOf(row.prompt)).slice(1));
  const chosen = at('chosen', () => answerIdsOf(row.chosen, row.chosen_ends));
  const rejected = at('rejected', () => answerIdsOf(row.rejected, row.rejected_ends));
  const [a, b] = [decode(chosen), decode(rejected)];
  const inOrder = a.join(' ') < b.join(' ');
  return {
    task: row.task ?? defaults.task,
    prompt,
    first: inOrder ? a : b,
    second: inOrder ? b : a,
    choice: row.tie ? 'tie' : inOrder ? 'first' : 'second',
    who: row.labeler ?? defaults.who,
    when: row.labeled_at === undefined ? 0 : Date.parse(row.labeled_at),
    repeat: row.repeat,
  };
}

function parsed(line: string): unknown {
  try {
    return parseStrict(line);
  } catch (error) {
    throw new MessageError(messageOf(error));
  }
}
