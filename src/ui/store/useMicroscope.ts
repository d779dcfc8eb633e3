import { create } from 'zustand';
import type { PreferencePair } from '../../pipeline/contract/stage';
import type { Sample } from './useSamples';

/** What the microscope is turned on; `arm` names the stage whose model is asked. */
export type Subject =
  /** An answer of the samples. */
  | { kind: 'sample'; arm: string; sample: Sample; index: number }
  /** A labelled pair. */
  | { kind: 'pair'; arm: string; pair: PreferencePair; number: number }
  /** Answers that PPO has just learned from. */
  | { kind: 'rollouts'; arm: string };

/** Null while it is put away. */
export const useMicroscope = create<{ subject: Subject | null }>(() => ({ subject: null }));

export const openMicroscope = (subject: Subject): void => useMicroscope.setState({ subject });
export const closeMicroscope = (): void => useMicroscope.setState({ subject: null });
