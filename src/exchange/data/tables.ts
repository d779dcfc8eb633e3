import { z } from 'zod';
import { message, MessageError } from '../../messages';
import type { PreferencePair, PreferencesArtifact } from '../../pipeline/contract/artifacts';
import type { DemonstrationIds } from '../../pipeline/data/demonstrations';
import { goldOf } from '../../pipeline/data/tokens';
import { decode } from '../../world';
import type { AlignmentTask } from '../../world/types';
import { at, bytesOfJson, jsonOfFile, type Files } from '../files';
import { answerIdsOf, answerText, isFinished, promptIdsOf, promptText } from '../text';
import { FORMATS, MOST_ROWS, type Format, type Row } from './formats';
import { jsonlOf, readJsonl } from './jsonl';
import { parquetOf, readParquet } from './parquet';

const SPLITS = { train: 'pairs', test: 'heldOut' } as const;
type SplitName = keyof typeof SPLITS;

const UNFINISHED = 'unfinished.json';

/** A table as JSONL and as parquet, for its folder. */
export const tableFiles = <F extends Format>(
  format: F,
  split: SplitName,
  rows: readonly Row<F>[],
): Map<string, Uint8Array> =>
  new Map([
    [`${split}.jsonl`, jsonlOf(format, rows)],
    [`${split}.parquet`, parquetOf(format, rows)],
  ]);

export const demonstrationRows = (list: readonly DemonstrationIds[]): Row<'demonstrations'>[] =>
  list.map(({ prompt, completion }) => ({ prompt: promptText(prompt), completion: answerText(completion) }));

export const promptRows = (list: readonly (readonly number[])[]): Row<'prompts'>[] =>
  list.map((prompt) => ({ prompt: promptText(prompt) }));

const pairRows = (pairs: readonly PreferencePair[]): Row<'preferences'>[] =>
  pairs.map(({ prompt, chosen, rejected }) => ({
    prompt: promptText(prompt),
    chosen: answerText(chosen),
    rejected: answerText(rejected),
  }));

/**
 * Labelled pairs as tables. Trainers end every answer with `<eos>`; those that did not end are listed by row, from 0,
 * in `unfinished.json`. For a folder of their own.
 */
export function preferenceFiles(artifact: PreferencesArtifact): Map<string, Uint8Array> {
  const open = (pairs: readonly PreferencePair[], part: 'chosen' | 'rejected') =>
    pairs.flatMap((pair, row) => (isFinished(pair[part]) ? [] : [row]));
  const unfinished = Object.fromEntries(
    Object.entries(SPLITS).map(([split, name]) => {
      const pairs = artifact[name];
      return [split, { chosen: open(pairs, 'chosen'), rejected: open(pairs, 'rejected') }];
    }),
  );
  return new Map([
    ...tableFiles('preferences', 'train', pairRows(artifact.pairs)),
    ...tableFiles('preferences', 'test', pairRows(artifact.heldOut)),
    [UNFINISHED, bytesOfJson(unfinished)],
  ]);
}

const rowNumbers = z.array(z.number().int().min(0).max(MOST_ROWS)).max(MOST_ROWS);
const openSchema = z.strictObject({ chosen: rowNumbers, rejected: rowNumbers });
const unfinishedSchema = z.strictObject({ train: openSchema, test: openSchema });

/**
 * Reads labelled pairs in a folder: `train` and, where there is one, `test`, each from JSONL or else from parquet. The gold
 * reward of an answer is that of the task. Rejects with a MessageError that names file, row and column.
 */
export async function readPreferences(
  files: Files,
  folder: string,
  task: AlignmentTask,
  nPositions: number,
): Promise<PreferencesArtifact> {
  const list = `${folder}/${UNFINISHED}`;
  const unfinished = files.has(list) ? jsonOfFile(files, list, unfinishedSchema) : undefined;
  const read = async (split: SplitName): Promise<PreferencePair[]> => {
    const { file, rows } = await readTable(files, folder, 'preferences', split);
    const open = {
      chosen: new Set(unfinished?.[split].chosen),
      rejected: new Set(unfinished?.[split].rejected),
    };
    return rows.map((row, i) =>
      at(`${file}:${i + 1}`, () => pairOf(task, nPositions, row, (part) => !open[part].has(i))),
    );
  };
  const pairs = await read('train');
  return { kind: 'preferences', pairs, heldOut: hasTable(files, folder, 'test') ? await read('test') : [] };
}

export const hasTable = (files: Files, folder: string, split: SplitName): boolean =>
  files.has(`${folder}/${split}.jsonl`) || files.has(`${folder}/${split}.parquet`);

async function readTable<F extends Format>(
  files: Files,
  folder: string,
  format: F,
  split: SplitName,
): Promise<{ file: string; rows: Row<F>[] }> {
  const [jsonl, parquet] = [`${folder}/${split}.jsonl`, `${folder}/${split}.parquet`];
  return files.has(jsonl) || !files.has(parquet)
    ? { file: jsonl, rows: readJsonl(files, jsonl, format) }
    : { file: parquet, rows: await readParquet(files, parquet, format) };
}

function pairOf(
  task: AlignmentTask,
  nPositions: number,
  row: Row<'preferences'>,
  isFinished: (part: 'chosen' | 'rejected') => boolean,
): PreferencePair {
  const ids = at(FORMATS.preferences[0], () => promptIdsOf(row.prompt));
  const prompt = task.parsePrompt(decode(ids.slice(1)));
  if (!prompt) {
    const problem = message('exchange.prompt', { task: task.name });
    throw new MessageError(message('at', { path: 'prompt', problem }));
  }
  const answer = (part: 'chosen' | 'rejected') =>
    at(part, () => {
      const answer = answerIdsOf(row[part], isFinished(part));
      const tokens = ids.length + answer.length;
      if (tokens > nPositions)
        throw new MessageError(message('exchange.tooLong', { tokens, most: nPositions }));
      return { ids: answer, gold: Math.fround(goldOf(task, prompt, answer).total) };
    });
  const [chosen, rejected] = [answer('chosen'), answer('rejected')];
  return {
    prompt: ids,
    chosen: chosen.ids,
    rejected: rejected.ids,
    goldChosen: chosen.gold,
    goldRejected: rejected.gold,
  };
}
