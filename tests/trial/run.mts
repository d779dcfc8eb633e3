import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { startVitest } from 'vitest/node';
import { commit } from '../bench/build.mjs';
import { amountsText, type Amounts } from '../support/amounts';
import type { Check, Part } from './check.mjs';
import { amountsFor, CHECKS } from './checks.mjs';
import { Collector } from './collector.mjs';
import { escaped, judge } from './judge.mjs';
import type { Outcome } from './saved.mjs';

const TOP = fileURLToPath(new URL('../..', import.meta.url));

/** A long form may take hours on a busy machine; what counts is what becomes of it. */
const PATIENCE_MS = 6 * 3_600_000;

/** Runs the tests of a part and says what became of its checks. */
export async function runPart(part: Part, wanted: Amounts): Promise<Outcome[]> {
  const checks = CHECKS.filter((check) => check.part === part);
  const amounts = amountsText(amountsFor(part, wanted));
  const [date, loadBefore] = [new Date(), loadavg()[0]!];
  const collector = new Collector();
  await runTests(checks, amounts, collector);
  const run = {
    date: date.toISOString(),
    commit: commit(),
    minutes: (Date.now() - date.getTime()) / 60_000,
    load: [loadBefore, loadavg()[0]!] satisfies [number, number],
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    threads: cpus().length,
    node: process.version,
    amounts,
  };
  return checks.map((check) => ({ check: check.id, ...judge(check, collector.records), run }));
}

async function runTests(checks: readonly Check[], amounts: string, collector: Collector): Promise<void> {
  const tests = checks.flatMap((check) => check.tests);
  process.env['ALIGNLET_AMOUNTS'] = amounts;
  try {
    const vitest = await startVitest('test', [...new Set(tests.map(({ file }) => file))], {
      root: TOP,
      config: 'tests/vitest.config.ts',
      watch: false,
      reporters: ['default', collector],
      testNamePattern: new RegExp(tests.flatMap(({ names }) => names.map(escaped)).join('|')),
      ...(amounts ? { testTimeout: PATIENCE_MS } : {}),
    });
    await vitest.close();
  } finally {
    delete process.env['ALIGNLET_AMOUNTS'];
  }
}
