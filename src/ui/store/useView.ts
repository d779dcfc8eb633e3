import { create } from 'zustand';
import type { XAxisName } from './series';

export interface ViewState {
  xAxis: XAxisName;
  /** The comparison of all arms in charts or in a table, or the curves of the selected stage. */
  tab: 'compare' | 'results' | 'inside';
  /** What stands beside the charts while a lesson is open. */
  side: 'lesson' | 'samples';
  gallery: boolean;
  /** Term that the glossary shows, '' for all of them; null while it is closed. */
  term: string | null;
  /** Setting that the pointer or the focus is on, here or in the formula. */
  highlighted: string | null;
  advanced: boolean;
  projector: boolean;
  help: boolean;
}

/** State of the page that is only about looking. */
export const useView = create<ViewState>(() => ({
  xAxis: 'update',
  tab: 'compare',
  side: 'lesson',
  gallery: false,
  term: null,
  highlighted: null,
  advanced: false,
  projector: false,
  help: false,
}));

export const setView = (change: Partial<ViewState>): void => useView.setState(change);

export function setProjector(projector: boolean): void {
  if (projector) document.documentElement.dataset['projector'] = '';
  else delete document.documentElement.dataset['projector'];
  setView({ projector });
}
