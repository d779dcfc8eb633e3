import { diagnose, type Finding } from '../../pipeline/measures/diagnosis';
import type { TimedEvent } from '../../pipeline/lab/runner';
import type { StageModel } from './snapshot';

const known = new WeakMap<readonly TimedEvent[], { count: number; findings: readonly Finding[] }>();

/** What is wrong with an arm so far; looked at once for every row. */
export function findingsOf({ isArm, rows }: Pick<StageModel, 'isArm' | 'rows'>): readonly Finding[] {
  if (!isArm) return [];
  const before = known.get(rows);
  if (before?.count === rows.length) return before.findings;
  const findings = diagnose(rows);
  known.set(rows, { count: rows.length, findings });
  return findings;
}
