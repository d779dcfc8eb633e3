/** `npm run trial`: faults, load and hostile input, by the tests of CI in a long form. See `cli.mts`. */
import { readFlags } from './cli.mjs';
import { runPart } from './run.mjs';
import { merge, type Saved } from './saved.mjs';
import { before, inWords, write } from './write.mjs';

const { parts, amounts, out, fresh } = readFlags();
let saved: Saved = fresh || out === null ? { outcomes: [] } : before();
let wrong = 0;
for (const part of parts) {
  const outcomes = await runPart(part, amounts);
  for (const { check, verdict, problems, replay } of outcomes) {
    console.log(`${check}: ${verdict}`);
    for (const line of [...problems, ...replay]) console.log(`  ${line}`);
    if (verdict !== 'holds') wrong++;
  }
  saved = merge(saved, outcomes);
  if (out !== null) await write(saved, out); // what has been found stays, whatever comes of the next part
}
if (out === null) console.log(await inWords(saved));
process.exit(wrong ? 1 : 0);
