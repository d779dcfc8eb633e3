import { useMemo } from 'react';
import { create } from 'zustand';
import type { Message } from '../../messages';
import { currentRuns } from '../../pipeline/records/current';
import type { StoredRun } from '../../pipeline/records/recording';
import { isLimit } from '../../pipeline/stages/traits';
import { demoByName } from '../lessons/demos';
import { useLab } from '../store/useLab';
import { useView } from '../store/useView';
import { armBands, type ArmBand } from './bands';
import { sameStages, storedRuns } from '../recorded/stored';

interface Recorded {
  demo: string | null;
  /** As they were stored, by whatever version. */
  stored: readonly StoredRun[];
  /** What of them today's code would compute just so. */
  runs: readonly StoredRun[];
  /** Why others could not be loaded. */
  missing: readonly Message[];
}

const NOTHING: readonly Message[] = [];
const NONE: readonly StoredRun[] = [];
const NO_BANDS: readonly ArmBand[] = [];

/** Recorded runs of the lesson that is open. */
const useStore = create<Recorded>(() => ({ demo: null, stored: NONE, runs: NONE, missing: NOTHING }));

async function load(name: string | null): Promise<void> {
  const demo = demoByName(name);
  if (useStore.getState().demo !== name)
    useStore.setState({ demo: name, stored: NONE, runs: NONE, missing: NOTHING });
  if (!demo) return;
  const { runs: stored, missing } = await storedRuns(demo.name);
  if (useStore.getState().demo !== name) return;
  const current = currentRuns(stored, demo.config);
  useStore.setState({
    stored: stored.length ? stored : NONE,
    runs: current.length ? current : NONE,
    missing: missing.length ? missing : NOTHING,
  });
}

useLab.subscribe((state, before) => {
  if (state.demo !== before.demo) void load(state.demo);
});
void load(useLab.getState().demo);

/** Recorded runs of the open lesson as it was set up; empty while they load, and where there are none. */
export const useRecordedRuns = (): readonly StoredRun[] => useStore((s) => s.runs);

/** The same as they were stored, results of earlier versions included: for saying why those are not shown. */
export const useStoredRuns = (): readonly StoredRun[] => useStore((s) => s.stored);
/** Why recorded runs of the open lesson could not be loaded. */
export const useMissingRuns = (): readonly Message[] => useStore((s) => s.missing);

export const reloadRecordedRuns = (): Promise<void> => load(useStore.getState().demo);

/** The stages and arms that still have the settings of the lesson, so that recorded results are theirs. */
export function useUnchanged(): ReadonlySet<string> {
  const demo = useLab((s) => s.demo);
  const config = useLab((s) => s.config);
  return useMemo(() => {
    const entry = demoByName(demo);
    return entry ? sameStages(config, entry.config) : new Set<string>();
  }, [demo, config]);
}

/** Nothing has been run or replayed yet, and nobody has asked for recorded results: they would answer the prediction. */
export function useRecordedShown(): boolean {
  const seeds = useView((s) => s.seeds);
  const started = useLab((s) => s.series.length > 0 || s.stages.some((m) => m.isArm && m.status === 'done'));
  return seeds === 'shown' || (seeds === 'auto' && started);
}

/** Recorded seeds of the arms, to be drawn behind their lines. */
export function useBands(): readonly ArmBand[] {
  const runs = useRecordedRuns();
  const unchanged = useUnchanged();
  const shown = useRecordedShown();
  const arms = useLab((s) => s.config.arms);
  const styles = useLab((s) => s.styles);
  return useMemo(() => {
    if (!shown || !runs.length) return NO_BANDS;
    const entries = arms
      .filter((arm) => unchanged.has(arm.id))
      .map(({ id, name, stage, settings }) => ({
        id,
        name,
        stage,
        style: styles[id] ?? 0,
        isLimit: isLimit({ stage, settings }),
      }));
    return armBands(runs, entries);
  }, [shown, runs, unchanged, arms, styles]);
}
