import type { Noted } from '../support/noted';
import type { Check, Tests } from './check.mjs';

/** What became of one test. */
export interface TestRecord {
  /** From the top of the repository. */
  file: string;
  /** `describe it`. */
  name: string;
  state: 'passed' | 'failed' | 'skipped' | 'pending';
  errors: string[];
  noted: Noted;
}

export type Verdict = 'holds' | 'does not hold' | 'not run';

/** What became of a check. */
export interface Judged {
  verdict: Verdict;
  /** Tests that ran. */
  tests: number;
  noted: Noted;
  /** What does not hold, or why it was not run. */
  problems: string[];
  /** Commands that do the same again. */
  replay: string[];
}

const matches = ({ file, names }: Tests, test: TestRecord): boolean =>
  test.file === file && names.some((name) => test.name.includes(name));

/** A check holds if every piece of a name has tests that ran, all of them passed, and the figures are right. */
export function judge(check: Check, records: readonly TestRecord[]): Judged {
  const own = records.filter((test) => check.tests.some((tests) => matches(tests, test)));
  const ran = own.filter(({ state }) => state === 'passed' || state === 'failed');
  const failed = ran.filter(({ state }) => state === 'failed');
  const missing = check.tests.flatMap(({ file, names }) =>
    names.filter((name) => !ran.some((test) => matches({ file, names: [name] }, test))),
  );
  const noted = together(ran.map((test) => test.noted));
  const wrong = check.against?.(noted) ?? [];
  const problems = [
    ...failed.map(({ name, errors }) => `${name}: ${firstLine(errors[0])}`),
    ...wrong,
    ...missing.map((name) => `did not run: ${name}`),
  ];
  const verdict = failed.length || wrong.length ? 'does not hold' : missing.length ? 'not run' : 'holds';
  const slow = wrong.length ? ran.filter((test) => (check.against?.(test.noted) ?? []).length > 0) : [];
  const replay = [...new Set([...failed, ...slow].map(replayOf))];
  return { verdict, tests: ran.length, noted, problems, replay };
}

const firstLine = (text = 'failed'): string => text.split('\n')[0]!.slice(0, 200);

/** Counts are added; of what is measured (its name has a unit behind a comma) and of seeds the largest stands. */
export function together(all: readonly Noted[]): Noted {
  const sum: Noted = {};
  for (const noted of all)
    for (const [name, value] of Object.entries(noted)) {
      const measured = /, |^seed$|^slowest at$/.test(name);
      sum[name] = measured ? Math.max(sum[name] ?? -Infinity, value) : (sum[name] ?? 0) + value;
    }
  return sum;
}

/** The command that does one test again, with the input that fast-check names or that was the slowest. */
export function replayOf({ file, name, errors, noted }: TestRecord): string {
  const [, seed, path] = /seed: (-?\d+), path: "([\d:]+)"/.exec(errors.join('\n')) ?? [];
  const from = seed ?? noted['seed']?.toString();
  const at = path ?? (errors.length ? undefined : noted['slowest at']?.toString());
  const amounts = [from && `seed=${from}`, at && `path=${at}`].filter(Boolean).join(',');
  const project = file.startsWith('tests/browser/') ? 'browser' : 'node';
  return (
    (amounts ? `ALIGNLET_AMOUNTS=${amounts} ` : '') +
    `npm run test:${project} -- ${file} -t ${JSON.stringify(escaped(name))}`
  );
}

/** A text as a regular expression. */
export const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
