import { create } from 'zustand';
import type { LanguageCode } from '../i18n';
import type { XAxisName } from './series';

export const CHART_NAMES = ['reward', 'kl', 'winRate', 'frontier'] as const;
export type ChartName = (typeof CHART_NAMES)[number];

export type OwnTab = 'reward' | 'data' | 'text' | 'words';

export interface ViewState {
  xAxis: XAxisName;
  /** The comparison of all arms in charts or in a table, or the curves of the selected stage. */
  tab: 'compare' | 'results' | 'inside' | 'data' | 'sweep';
  /** The only chart that is shown, large; null for all four. */
  enlarged: ChartName | null;
  /** What the distance from SFT is counted in: nats, or their square root (Gao et al. 2022). */
  klAxis: 'kl' | 'sqrt' | 'log';
  /** Logarithmic vertical axes: of KL over time, and of the curves inside a stage. */
  klLog: boolean;
  insideLog: boolean;
  /** Recorded seeds behind the lines: as soon as there are lines, always, or never. */
  seeds: 'auto' | 'shown' | 'hidden';
  /** What stands beside the charts while a lesson is open. */
  side: 'lesson' | 'samples';
  gallery: boolean;
  /** What leaves and comes back; with a file that was dropped on the page. */
  transfer: boolean;
  dropped: File | null;
  /** Term that the glossary shows, '' for all of them; null while it is closed. */
  term: string | null;
  /** Setting that the pointer or the focus is on, here or in the formula. */
  highlighted: string | null;
  advanced: boolean;
  projector: boolean;
  help: boolean;
  /** The list of what is stored in this browser. */
  stored: boolean;
  /** Which page of one's own rewards and data is open; null while it is closed. */
  own: OwnTab | null;
  /** The dialogue in which a person labels pairs. */
  labeler: boolean;
  /** The table of all runs. */
  runs: boolean;
  /** The stage whose settings a sweep is to be made of; null while nobody makes one. */
  sweeping: string | null;
  /** The host has another version than this page. */
  newVersion: boolean;
  /** A language whose words did not come. */
  unspoken: LanguageCode | null;
}

/** State of the page that is only about looking. */
export const useView = create<ViewState>(() => ({
  xAxis: 'update',
  tab: 'compare',
  enlarged: null,
  klAxis: 'kl',
  klLog: false,
  insideLog: false,
  seeds: 'auto',
  side: 'lesson',
  gallery: false,
  transfer: false,
  dropped: null,
  term: null,
  highlighted: null,
  advanced: false,
  projector: false,
  help: false,
  stored: false,
  own: null,
  labeler: false,
  runs: false,
  sweeping: null,
  newVersion: false,
  unspoken: null,
}));

export const setView = (change: Partial<ViewState>): void => useView.setState(change);

/** Speaks a language from now on; where its words do not come, the page says so. */
export function choose(code: LanguageCode, how: (code: LanguageCode) => Promise<void>): Promise<void> {
  setView({ unspoken: null });
  return how(code).catch(() => setView({ unspoken: code }));
}

export function setProjector(projector: boolean): void {
  if (projector) document.documentElement.dataset['projector'] = '';
  else delete document.documentElement.dataset['projector'];
  setView({ projector });
}
