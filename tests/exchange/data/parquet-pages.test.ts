import { parquetMetadata } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { parquetOf, readParquet } from '../../../src/exchange/data/parquet';
import { checkPages } from '../../../src/exchange/data/parquet-pages';

const ROWS = Array.from({ length: 300 }, (_, i) => ({ prompt: `prompt ${i % 3}` }));
const table = parquetOf('prompts', ROWS);

/** Where the first page that is not a dictionary says what it is: three numbers, each a zigzag varint. */
function pageAt(bytes: Uint8Array): number {
  const { data_page_offset: at } = parquetMetadata(bytes.slice().buffer).row_groups[0]!.columns[0]!
    .meta_data!;
  return Number(at);
}

const read = (bytes: Uint8Array) => readParquet(new Map([['x', bytes]]), 'x', 'prompts');

describe('the pages of a parquet file', () => {
  it('are read as they were written', async () => {
    expect(await read(table)).toEqual(ROWS);
  });

  it('that say they hold more than is read are refused before anything is unpacked', async () => {
    const bytes = table.slice();
    const at = pageAt(bytes);
    const found = bytes.subarray(at, at + 60);
    // 300 as zigzag varint is d8 04; ffff… is five bytes, so what follows moves: it is refused whatever that then says
    const where = [...found].findIndex((byte, i) => byte === 0xd8 && found[i + 1] === 0x04);
    expect(where).toBeGreaterThan(0);
    bytes.set([0xff, 0x7f], at + where); // 8191 values, said of 300
    await expect(read(bytes)).rejects.toThrow(/^x is not a parquet file that can be read/);
  });

  it('with a run of two thousand million values in a few bytes are refused', () => {
    const metadata = parquetMetadata(table.slice().buffer);
    const bytes = table.slice();
    // the runs lie at the end of the page: the last bytes of the column
    const { data_page_offset, total_compressed_size, dictionary_page_offset } =
      metadata.row_groups[0]!.columns[0]!.meta_data!;
    const end = Number(dictionary_page_offset ?? data_page_offset) + Number(total_compressed_size);
    let refused = 0;
    for (let at = pageAt(bytes) + 8; at + 5 < end; at++) {
      const hostile = table.slice();
      hostile.set([0xfe, 0xff, 0xff, 0xff, 0x0f], at);
      try {
        checkPages(hostile.buffer, metadata);
      } catch {
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(0);
  });
});
