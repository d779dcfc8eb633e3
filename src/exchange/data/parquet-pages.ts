import { snappyUncompress, type FileMetaData } from 'hyparquet';
import { message, MessageError } from '../../messages';
import { MOST_BYTES } from '../files';
import { MOST_ROWS } from './formats';

/*
 * What hyparquet takes on trust, looked at before it reads: a page says how many values it has and how large it gets, and
 * a run of equal values how long it is. A file of some hundred bytes could ask for gigabytes by either.
 */

type Column = NonNullable<FileMetaData['row_groups'][number]['columns'][number]['meta_data']>;

/** Refuses what the lab’s own tables and those of pyarrow and datasets have no need of. */
const refuse = (text: string): never => {
  throw new Error(text); // becomes the message that names the file
};

/** Walks through all pages of a flat table. Throws an Error or a MessageError where one asks for more than it may. */
export function checkPages(file: ArrayBuffer, { row_groups: groups, schema }: FileMetaData): void {
  const budget = { bytes: MOST_BYTES.table };
  for (const group of groups)
    group.columns.forEach(({ meta_data: column }, i) => {
      if (column) checkColumn(file, column, schema[i + 1]?.repetition_type === 'OPTIONAL', budget);
    });
}

function checkColumn(
  file: ArrayBuffer,
  column: Column,
  isOptional: boolean,
  budget: { bytes: number },
): void {
  const begin = Number(column.dictionary_page_offset || column.data_page_offset);
  const bytes = new Uint8Array(file, begin, Number(column.total_compressed_size)); // throws where it lies outside
  let values = 0;
  for (let at = 0; at < bytes.length;) {
    const header = new Thrift(bytes, at);
    const page = pageOf(header.struct());
    at = header.at + page.compressed;
    if (page.compressed < 0 || at > bytes.length) refuse('a page ends beyond its column');
    if (page.kind !== 'dictionary') values += page.values;
    if (page.values < 0 || Math.max(page.values, values) > MOST_ROWS) refuse('more values than are read');
    if (page.size < 0 || (budget.bytes -= page.size) < 0)
      throw new MessageError(message('exchange.tooMuch', { what: 'bytes', most: MOST_BYTES.table }));
    if (page.kind !== 'dictionary') checkRunsOf(bytes.subarray(header.at, at), page, column, isOptional);
  }
}

interface Page {
  kind: 'data' | 'data2' | 'dictionary';
  /** Bytes in the file, and unpacked. */
  compressed: number;
  size: number;
  values: number;
  encoding: number;
  /** Version 2: bytes of the definition levels, which are never packed. */
  levels: number;
  isPacked: boolean;
}

/** By the number of their kind: the field that describes them. */
const KINDS = new Map<number, { kind: Page['kind']; field: number }>([
  [0, { kind: 'data', field: 5 }],
  [2, { kind: 'dictionary', field: 7 }],
  [3, { kind: 'data2', field: 8 }],
]);

function pageOf(header: Fields): Page {
  const { kind, field } = KINDS.get(numberIn(header, 1)) ?? refuse('a page of an unknown kind');
  const fields = header.get(field);
  if (!(fields instanceof Map)) return refuse('a page without its description');
  const isSecond = kind === 'data2';
  if (isSecond && numberIn(fields, 6) !== 0) refuse('lists are not read');
  return {
    kind,
    size: numberIn(header, 2),
    compressed: numberIn(header, 3),
    values: numberIn(fields, 1),
    encoding: numberIn(fields, isSecond ? 4 : 2),
    levels: isSecond ? numberIn(fields, 5) : 0,
    isPacked: !isSecond || fields.get(7) !== false,
  };
}

function numberIn(fields: Fields, id: number): number {
  const value = fields.get(id);
  return typeof value === 'number' ? value : refuse(`a page without field ${id}`);
}

const PLAIN = 0;
/** Indices into a dictionary, as version 1 and 2 of the format call them. */
const INDICES = [2, 8];

/** The levels of a data page, and its indices into a dictionary. */
function checkRunsOf(bytes: Uint8Array, page: Page, { codec }: Column, isOptional: boolean): void {
  if (page.encoding !== PLAIN && !INDICES.includes(page.encoding)) refuse('an encoding that is not read');
  if (codec !== 'UNCOMPRESSED' && codec !== 'SNAPPY') refuse('a codec that is not read');
  if (page.levels < 0 || page.levels > bytes.length) refuse('levels end beyond their page');
  if (page.kind === 'data2' && isOptional) checkRuns(bytes.subarray(0, page.levels), 1, page.values);
  const packed = bytes.subarray(page.levels);
  let data = codec === 'SNAPPY' && page.isPacked ? unpacked(packed, page.size - page.levels) : packed;
  if (page.kind === 'data' && isOptional) {
    const end = 4 + new DataView(data.buffer, data.byteOffset, data.length).getUint32(0, true);
    if (end > data.length) refuse('levels end beyond their page');
    checkRuns(data.subarray(4, end), 1, page.values);
    data = data.subarray(end);
  }
  if (page.encoding !== PLAIN && page.values > 0)
    checkRuns(data.subarray(1), data[0] ?? 0, page.values, true);
}

function unpacked(packed: Uint8Array, size: number): Uint8Array {
  if (size < 0 || size > MOST_BYTES.table) refuse('a page that is too large');
  const output = new Uint8Array(size);
  snappyUncompress(packed, output);
  return output;
}

/** Values of a run of packed bits come by eights, and writers may pad their last run to this. */
const PADDING = 512;

/** Runs of equal values and of packed bits for so many values of so many bits; fewer where there are nulls. */
function checkRuns(bytes: Uint8Array, bits: number, values: number, mayBeFewer = false): void {
  if (bits > 32) refuse('numbers of more than 32 bits');
  const reader = new Thrift(bytes, 0);
  for (let seen = 0; seen < values;) {
    if (mayBeFewer && reader.at >= bytes.length) return;
    const run = reader.varint();
    const isPacked = run % 2 === 1;
    const count = Math.floor(run / 2) * (isPacked ? 8 : 1);
    if (count === 0 || count > values - seen + (isPacked ? PADDING : 0))
      refuse('a run of more values than there are');
    reader.at += isPacked ? (count * bits) / 8 : Math.ceil(bits / 8);
    seen += count;
  }
}

type Fields = Map<number, unknown>;

/** Thrift's compact protocol, as far as page headers go. */
class Thrift {
  constructor(
    private readonly bytes: Uint8Array,
    public at: number,
  ) {}

  private byte(): number {
    return this.bytes[this.at++] ?? refuse('it ends within a page header');
  }

  varint(): number {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = this.byte();
      value += (byte & 127) * shift;
      if (value > Number.MAX_SAFE_INTEGER) refuse('a number that is too large');
      if (byte < 128) return value;
    }
  }

  private zigzag(): number {
    const value = this.varint();
    return value % 2 ? -(value + 1) / 2 : value / 2;
  }

  private skip(count: number): void {
    this.at += count;
  }

  struct(depth = 0): Fields {
    const fields: Fields = new Map();
    if (depth > 4) refuse('a page header that is nested too deep');
    for (let id = 0; ;) {
      const head = this.byte();
      if (head === 0) return fields;
      id = head >> 4 ? id + (head >> 4) : this.zigzag();
      fields.set(id, this.value(head & 15, depth));
    }
  }

  private value(type: number, depth: number): unknown {
    switch (type) {
      case 1:
        return true;
      case 2:
        return false;
      case 3:
        return this.byte();
      case 4:
      case 5:
      case 6:
        return this.zigzag();
      case 8:
        return this.skip(this.varint()); // statistics are of no use here
      case 12:
        return this.struct(depth + 1);
      default:
        return refuse('a page header that is not read');
    }
  }
}
