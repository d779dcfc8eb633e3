import { useMemo } from 'react';
import { useRecordedRuns, useRecordedShown, useUnchanged } from './useRecorded';
import { useLab } from '../store/useLab';
import { FigureBook } from './figure-book';

const NONE: never[] = [];

/** Figures of this run, and of the recorded seeds once they may be seen. */
export function useFigureBook(): FigureBook {
  const stages = useLab((s) => s.stages);
  const runs = useRecordedRuns();
  const shown = useRecordedShown();
  const unchanged = useUnchanged();
  return useMemo(
    () => new FigureBook(stages, shown ? runs : NONE, unchanged),
    [stages, runs, shown, unchanged],
  );
}
