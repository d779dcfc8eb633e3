#!/usr/bin/env bash
# fflate 0.8.3: unzipSync returns the bytes of a damaged file as if nothing had happened.
#
# A good guess: every entry of a zip carries a CRC-32, unzip programs check it, so a file that was damaged on the way
# is refused. fflate writes the sum and never looks at it when reading: a flipped bit comes back as data, from stored
# and, where the damage still is a valid stream, from deflated entries. Weights that were damaged in one bit load and
# compute. Whoever reads zips with it needs sums of their own.
#
# Seen: stored and deflated entry of 1000 bytes, one bit flipped: no error, one wrong byte or more; python3's zipfile
# says "Bad CRC-32" of the same files.
#
# Runs the pinned package alone. Fails if the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --silent fflate@0.8.3 >/dev/null
cat >run.mjs <<'JS'
import { writeFileSync } from 'node:fs';
import { unzipSync, zipSync } from 'fflate';
const data = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
let holds = true;
for (const [name, level, at] of [['stored', 0, 500], ['deflated', 6, 10]]) {
  const zip = zipSync({ 'w.bin': [data, { level }] });
  zip[30 + 'w.bin'.length + at] ^= 1;
  writeFileSync(`${name}.zip`, zip);
  const out = unzipSync(zip)['w.bin'];
  const wrong = out.filter((x, i) => x !== data[i]).length;
  console.log(`${name}: no error, ${out.length} bytes, ${wrong} wrong`);
  holds &&= out.length === 1000 && wrong > 0;
}
process.exitCode = holds ? 0 : 1;
JS
node run.mjs && fflate=0 || fflate=1
python3 - <<'PY' && python=0 || python=1
import sys, zipfile
refused = 0
for name in ("stored", "deflated"):
    try:
        zipfile.ZipFile(f"{name}.zip").read("w.bin")
    except zipfile.BadZipFile as error:
        refused += 1
        print(f"zipfile, {name}: {error}")
sys.exit(refused != 2)
PY
[ $fflate = 0 ] && [ $python = 0 ] && echo 'as found' || { echo CHANGED; exit 1; }
