import { z } from 'zod';
import { message, MessageError } from '../../messages';
import { checkedShape } from '../../messages/shape';
import { parseStrict } from '../../model/strict-json';
import { at, bytesOfText, MOST_BYTES, textOfFile, type Files } from '../files';
import { FORMATS, MOST_CHARACTERS, MOST_ROWS, type Format, type Row } from './formats';

/** One JSON object a line, every column in every row and in one order: readers take columns from the first rows. */
export function jsonlOf<F extends Format>(format: F, rows: readonly Row<F>[]): Uint8Array<ArrayBuffer> {
  const columns = FORMATS[format] as readonly (keyof Row<F>)[];
  const line = (row: Row<F>) => JSON.stringify(Object.fromEntries(columns.map((name) => [name, row[name]])));
  return bytesOfText(rows.map((row) => line(row) + '\n').join(''));
}

export const schemaOf = (format: Format) =>
  z.strictObject(Object.fromEntries(FORMATS[format].map((name) => [name, z.string().max(MOST_CHARACTERS)])));

/** The rows of a JSONL file; empty lines count, but hold none. Throws a MessageError that names row and column. */
export function readJsonl<F extends Format>(files: Files, file: string, format: F): Row<F>[] {
  const schema = schemaOf(format);
  const lines = textOfFile(files, file, MOST_BYTES.table).split('\n');
  if (lines.length > MOST_ROWS + 1) throw new MessageError(message('at', { path: file, problem: tooMany() }));
  return lines.flatMap((line, i) =>
    line.trim() === '' ? [] : [at(`${file}:${i + 1}`, () => checkedShape(schema, parsed(line)) as Row<F>)],
  );
}

export const tooMany = () => message('value.tooLong', { max: MOST_ROWS, what: 'entries' });

function parsed(line: string): unknown {
  try {
    return parseStrict(line);
  } catch (error) {
    if (error instanceof MessageError) throw error;
    throw new MessageError(message('foreign', { text: (error as Error).message }));
  }
}
