import type { BenchOptions } from '../../src/bench/options';
import type { GrowthPoint, LongTaskRow, MemoryRow, Results, RolloutRow, StageRow, StepRow } from '../../src/bench/results'; // prettier-ignore
import type { BackendName } from '../../src/engine/types';
import type { Compared } from './compare.mjs';
import type { SavedCounts } from './counts.mjs';
import type { PartResult } from './against/results.mjs';

/** Where and when a run took place. */
export interface Machine {
  date: string;
  minutes: number;
  processor: string;
  threads: number;
  memoryGb: number;
  /** Graphics card and driver, where nvidia-smi tells. */
  graphics?: string;
  loadBefore: number;
  loadAfter: number;
  browser: string;
  /** How Chromium was started. */
  way?: string;
  node: string;
  commit: string;
  options: BenchOptions;
}

/** One run as it was measured: what `--raw` writes and `--merge` reads. */
export interface Raw {
  machine: Machine;
  results: Results;
}

/** A row and the date of the run it comes from. */
export type Dated<T> = T & { run: string };

/** Everything known of one backend on one device. */
export interface Section {
  backend: BackendName;
  adapter: string;
  software: boolean;
  processor: string;
  threads: number;
  isolated: boolean;
  peak?: number;
  runs: Machine[];
  steps: Dated<StepRow>[];
  rollouts: Dated<RolloutRow>[];
  stages: Dated<StageRow>[];
  memory: Dated<MemoryRow>[];
  longTasks: Dated<LongTaskRow>[];
  growth: Dated<GrowthPoint>[];
}

/** What results.json holds. */
export interface Saved {
  sections: Section[];
  counts?: SavedCounts;
  compared?: Compared;
  /** What was measured against earlier commits. */
  against?: PartResult[];
}

const ORDER: BackendName[] = ['webgpu', 'webgl', 'wasm'];
const sameDevice = (a: Section, b: Section) =>
  a.backend === b.backend &&
  a.adapter === b.adapter &&
  a.processor === b.processor &&
  a.threads === b.threads;

const dated = <T extends object>(rows: readonly T[], run: string): Dated<T>[] =>
  rows.map((row) => ({ ...row, run }));

export function sectionsOf({ machine, results }: Raw): Section[] {
  return (Object.keys(results.adapters) as BackendName[]).flatMap((backend) => {
    const found = results.adapters[backend];
    if (!found) return [];
    const of = <T extends { backend: BackendName }>(rows: readonly T[]) =>
      dated(
        rows.filter((r) => r.backend === backend),
        machine.date,
      );
    return [
      {
        backend,
        ...found,
        processor: machine.processor,
        threads: machine.threads,
        isolated: results.isolated,
        ...(results.peaks[backend] ? { peak: results.peaks[backend] } : {}),
        runs: [machine],
        steps: of(results.steps),
        rollouts: of(results.rollouts),
        stages: of(results.stages),
        memory: of(results.memory),
        longTasks: of(results.longTasks),
        growth: of(results.growth),
      },
    ];
  });
}

/** What was measured again replaces what was known of the same size, stage or axis on the same device. */
export function merge(saved: Saved, raw: Raw): Saved {
  const sections = [...saved.sections];
  for (const fresh of sectionsOf(raw)) {
    const at = sections.findIndex((s) => sameDevice(s, fresh));
    if (at < 0) sections.push(fresh);
    else sections[at] = together(sections[at]!, fresh);
  }
  sections.sort(
    (a, b) => ORDER.indexOf(a.backend) - ORDER.indexOf(b.backend) || Number(a.software) - Number(b.software),
  );
  return { ...saved, sections };
}

function together(old: Section, now: Section): Section {
  const keep = <T,>(a: readonly T[], b: readonly T[], key: (row: T) => string): T[] => {
    const again = new Set(b.map(key));
    return [...a.filter((row) => !again.has(key(row))), ...b];
  };
  const peaks = [old.peak, now.peak].filter((p) => p !== undefined);
  const section: Section = {
    ...now,
    ...(peaks.length ? { peak: Math.max(...peaks) } : {}),
    steps: keep(old.steps, now.steps, (r) => r.shape),
    rollouts: keep(old.rollouts, now.rollouts, (r) => `${r.shape} ${r.contender}`),
    stages: keep(old.stages, now.stages, (r) => `${r.shape} ${r.stage} ${r.contender}`),
    memory: keep(old.memory, now.memory, (r) => r.stage),
    longTasks: keep(old.longTasks, now.longTasks, () => ''),
    growth: keep(old.growth, now.growth, (r) => r.axis),
  };
  const used = new Set(
    [section.steps, section.rollouts, section.stages, section.memory, section.longTasks, section.growth]
      .flat()
      .map((row) => row.run),
  );
  section.runs = [...old.runs, ...now.runs].filter((m) => used.has(m.date));
  return section;
}
