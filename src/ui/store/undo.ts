import { create } from 'zustand';

/** Something that can be taken back, and how. */
export interface UndoStep {
  what: 'reset' | 'arm' | 'task' | 'lesson' | 'defaults' | 'own';
  /** Of what: an arm, a task, a stage, something that a person made. */
  name: string;
  back(): void | Promise<void>;
}

interface UndoState {
  /** The latest last. */
  steps: readonly UndoStep[];
  /** The latest is offered on the page. */
  offered: boolean;
}

/** As far as can be gone back. */
const MOST = 20;

export const useUndo = create<UndoState>(() => ({ steps: [], offered: false }));

export const remember = (step: UndoStep): void =>
  useUndo.setState(({ steps }) => ({ steps: [...steps.slice(1 - MOST), step], offered: true }));

/** What may be taken back while a run is going on: it does not touch the run. */
const BESIDE_RUNS: readonly UndoStep['what'][] = ['arm', 'own'];

export const canUndo = (step: UndoStep, isRunning: boolean): boolean =>
  !isRunning || BESIDE_RUNS.includes(step.what);

/** Takes the latest step back; false where there is none, or a run would be touched. */
export function undo(isRunning = false): boolean {
  const { steps } = useUndo.getState();
  const last = steps.at(-1);
  if (!last || !canUndo(last, isRunning)) return false;
  useUndo.setState({ steps: steps.slice(0, -1), offered: false });
  void last.back();
  return true;
}

export const dismissUndo = (): void => useUndo.setState({ offered: false });
