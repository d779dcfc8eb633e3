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

/** Takes the latest step back; false where there is none. */
export function undo(): boolean {
  const { steps } = useUndo.getState();
  const last = steps.at(-1);
  if (!last) return false;
  useUndo.setState({ steps: steps.slice(0, -1), offered: false });
  void last.back();
  return true;
}

export const dismissUndo = (): void => useUndo.setState({ offered: false });
