import { cpus, loadavg } from 'node:os';
import { format } from 'prettier';
import { writeAgainst } from '../write.mjs';
import { shareOf, type Bench, type Part } from './bench.mjs';
import { readAgainstFlags, type AgainstFlags } from './cli.mjs';
import { eight } from './eight.mjs';
import { LAB_PARTS } from './lab.mjs';
import { PAGE_PARTS } from './page.mjs';
import { partText } from './report.mjs';
import { reproducePart } from './reproduce.mjs';
import type { PartName, PartResult } from './results.mjs';
import { Scope } from './scope.mjs';
import { makeTrees } from './trees.mjs';

/** In the order of the table. Pages are built, and demos read by `lab`, before `reproduce` changes the demos. */
const [lab, frontier] = LAB_PARTS;
const [page, memory, start] = PAGE_PARTS;
const PARTS: readonly Part[] = [lab, page, frontier, reproducePart, memory, start, eight];
const IN_A_BROWSER: readonly PartName[] = ['page', 'memory', 'start', 'eight'];

/** Measures what is here against an earlier commit, part by part; each is written when it is done. */
export async function against(): Promise<void> {
  const flags = readAgainstFlags(PARTS.map((part) => part.name));
  const parts = PARTS.filter((part) => flags.only.includes(part.name));
  const began = performance.now();
  const say = (message: string) =>
    console.log(`${((performance.now() - began) / 1000).toFixed(0).padStart(5)} s  ${message}`);
  const scope = new Scope();
  try {
    const { trees, folder } = await makeTrees(scope, flags.against, flags.packages, say);
    if (parts.some((part) => IN_A_BROWSER.includes(part.name)))
      for (const tree of Object.values(trees)) await tree.page();
    const end = began + 60_000 * flags.minutes;
    const { size, rounds } = flags;
    for (const [i, part] of parts.entries()) {
      const now = performance.now();
      const due = now + shareOf(Math.max(0, end - now), parts.slice(i).map((p) => p.weight)); // prettier-ignore
      const enough = (ms: number) => performance.now() + ms > due;
      await measure(part, { scope, trees, folder, size, rounds, enough, say }, flags);
    }
  } finally {
    await scope.close();
  }
}

async function measure(part: Part, given: Omit<Bench, 'usedBrowser'>, flags: AgainstFlags): Promise<void> {
  const { trees, say, size } = given;
  const began = new Date();
  const loadBefore = loadavg()[0]!;
  let browser: string | undefined;
  say(`${part.name}: ${part.title}`);
  try {
    const outcome = await part.run({ ...given, usedBrowser: (version) => (browser = version) });
    const result: PartResult = {
      part: part.name,
      title: part.title,
      ...outcome,
      size,
      commits: { base: trees.base.commit, ours: trees.ours.commit },
      date: began.toISOString(),
      minutes: (Date.now() - began.getTime()) / 60_000,
      processor: cpus()[0]?.model.trim() ?? 'unknown',
      threads: cpus().length,
      node: process.version,
      ...(browser ? { browser } : {}),
      loadBefore,
      loadAfter: loadavg()[0]!,
    };
    console.log(`\n${await format(partText(result), { parser: 'markdown', printWidth: 110 })}`);
    if (size !== 'quick' && flags.out !== 'none') await writeAgainst(result, flags.out);
  } catch (error) {
    process.exitCode = 1; // the others are still worth measuring
    console.error(`${part.name}: ${(error as Error).stack ?? String(error)}`);
  }
}
