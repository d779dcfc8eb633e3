import { parquetMetadata, parquetReadObjects, snappyUncompress, type FileMetaData } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { message, MessageError } from '../../messages';
import { checkedShape } from '../../messages/shape';
import { at, fileOf, MOST_BYTES, type Files } from '../files';
import { FORMATS, MOST_ROWS, type Format, type Row } from './formats';
import { schemaOf, tooMany } from './jsonl';
import { checkPages } from './parquet-pages';

/** The same rows as a parquet file: text columns without nulls, typed whatever the first rows hold. */
export function parquetOf<F extends Format>(format: F, rows: readonly Row<F>[]): Uint8Array<ArrayBuffer> {
  const columns = FORMATS[format] as readonly (keyof Row<F> & string)[];
  const columnData = columns.map((name) => ({
    name,
    data: rows.map((row) => row[name]),
    type: 'STRING' as const,
    nullable: false,
  }));
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}

/** The rows of a parquet file. Rejects with a MessageError that names row and column. */
export async function readParquet<F extends Format>(
  files: Files,
  file: string,
  format: F,
): Promise<Row<F>[]> {
  const bytes = fileOf(files, file, MOST_BYTES.table).slice();
  const rows = await parquetRows(bytes.buffer, file, format);
  const schema = schemaOf(format);
  return rows.map((row, i) => at(`${file}:${i + 1}`, () => checkedShape(schema, row) as Row<F>));
}

async function parquetRows(
  buffer: ArrayBuffer,
  file: string,
  format: Format,
): Promise<Record<string, unknown>[]> {
  try {
    const metadata = parquetMetadata(buffer);
    at(file, () => checkMetadata(metadata, format));
    at(file, () => checkPages(buffer, metadata));
    return await columnByColumn(buffer, metadata, FORMATS[format]);
  } catch (error) {
    if (error instanceof MessageError) throw error;
    throw new MessageError(message('exchange.parquet', { file, text: (error as Error).message }));
  }
}

/** Reads one column of one row group at a time: of several that fail at once, all but one would fail unheard. */
async function columnByColumn(
  file: ArrayBuffer,
  metadata: FileMetaData,
  names: readonly string[],
): Promise<Record<string, unknown>[]> {
  const compressors = { SNAPPY: boundedSnappy() };
  const rows: Record<string, unknown>[] = [];
  for (const group of metadata.row_groups) {
    const rowStart = rows.length;
    const rowEnd = rowStart + Number(group.num_rows);
    for (const name of names) {
      const part = await parquetReadObjects({
        file,
        metadata,
        compressors,
        columns: [name],
        rowStart,
        rowEnd,
      });
      for (let i = rowStart; i < rowEnd; i++) rows[i] = { ...rows[i], [name]: part[i - rowStart]?.[name] };
    }
  }
  return rows;
}

/** The columns and no other, and no more of it than is read. */
function checkMetadata({ num_rows: rows, schema, row_groups: groups }: FileMetaData, format: Format): void {
  const [root, ...columns] = schema;
  const got = columns.map(({ name }) => name.slice(0, 60)).slice(0, 20);
  const expected = FORMATS[format];
  const isTable = root?.num_children === columns.length && columns.every(({ num_children: n }) => !n);
  if (!isTable || got.toSorted().join() !== expected.toSorted().join())
    throw new MessageError(message('exchange.columns', { got, expected }));
  const counts = [rows, ...groups.map((group) => group.num_rows)].map(Number);
  const inGroups = counts.slice(1).reduce((sum, count) => sum + count, 0);
  if (counts.some((count) => !(count >= 0)) || inGroups > MOST_ROWS || counts[0]! > MOST_ROWS)
    throw new MessageError(tooMany());
}

/** Pages say how large they get: more in all than is read of a file is not unpacked. */
function boundedSnappy(): (input: Uint8Array, length: number) => Uint8Array {
  let total = 0;
  return (input, length) => {
    if ((total += length) > MOST_BYTES.table)
      throw new MessageError(message('exchange.tooMuch', { what: 'bytes', most: MOST_BYTES.table }));
    const output = new Uint8Array(length);
    snappyUncompress(input, output);
    return output;
  };
}
