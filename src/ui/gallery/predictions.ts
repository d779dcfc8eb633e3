import { create } from 'zustand';
import { persist } from 'zustand/middleware';

/** What somebody expects of a demo before running it. */
export interface Prediction {
  /** The arm that will be highest. */
  winner?: string;
  /** Claims by rule: will it hold? */
  claims: Readonly<Record<string, boolean>>;
}

const NONE: Prediction = { claims: {} };

/** Predictions by demo, kept by the browser. */
export const usePredictions = create<{ byDemo: Readonly<Record<string, Prediction>> }>()(
  persist(() => ({ byDemo: {} }), { name: 'alignlet.predictions', version: 1 }),
);

export const usePrediction = (demo: string): Prediction => usePredictions((s) => s.byDemo[demo] ?? NONE);

function change(demo: string, next: (before: Prediction) => Prediction): void {
  usePredictions.setState(({ byDemo }) => ({ byDemo: { ...byDemo, [demo]: next(byDemo[demo] ?? NONE) } }));
}

export const predictWinner = (demo: string, winner: string): void =>
  change(demo, (before) => ({ ...before, winner }));

export const predictClaim = (demo: string, rule: string, holds: boolean): void =>
  change(demo, (before) => ({ ...before, claims: { ...before.claims, [rule]: holds } }));
