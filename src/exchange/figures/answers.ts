import { bytesOfText } from '../files';
import { csvOf } from './csv';

/** An answer of a model, as it was scored. */
export interface AnswerRow {
  prompt: string;
  /** Of the stage that answered. */
  id: string;
  name: string;
  answer: string;
  /** It ended by itself. */
  finished: boolean;
  /** True reward, −1…1. */
  gold: number;
  /** Score of the reward model, in SFT standard deviations. */
  proxy?: number | undefined;
  /** Of the whole answer, nats. */
  logProb?: number | undefined;
  referenceLogProb?: number | undefined;
}

const COLUMNS = [
  ...(['prompt', 'id', 'name', 'answer', 'finished', 'gold'] as const),
  ...(['proxy', 'logProb', 'referenceLogProb'] as const),
] as const;

export const answersCsv = (rows: readonly AnswerRow[]): Uint8Array<ArrayBuffer> => csvOf(COLUMNS, rows);

/** One object a line with every column in every row: readers take columns and types from the first rows. */
export const answersJsonl = (rows: readonly AnswerRow[]): Uint8Array<ArrayBuffer> =>
  bytesOfText(
    rows
      .map(
        (row) => JSON.stringify(Object.fromEntries(COLUMNS.map((name) => [name, row[name] ?? null]))) + '\n',
      )
      .join(''),
  );
