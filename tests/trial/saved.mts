import type { Judged } from './judge.mjs';

/** Where and when a part was run, and with how much. */
export interface Run {
  date: string;
  commit: string;
  minutes: number;
  /** Average number of running processes over a minute, before and after. */
  load: [number, number];
  processor: string;
  threads: number;
  node: string;
  /** As ALIGNLET_AMOUNTS. */
  amounts: string;
}

export interface Outcome extends Judged {
  check: string;
  run: Run;
}

/** What results.json holds: of every check what the last run that had it found. */
export interface Saved {
  outcomes: Outcome[];
}

/** What was run again replaces what was known; what was not run at all takes nothing away. */
export function merge(saved: Saved, fresh: readonly Outcome[]): Saved {
  const ran = fresh.filter(({ tests }) => tests > 0);
  const again = new Set(ran.map(({ check }) => check));
  return { outcomes: [...saved.outcomes.filter(({ check }) => !again.has(check)), ...ran] };
}
