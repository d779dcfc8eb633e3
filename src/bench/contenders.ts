import type { BackendName } from '../engine/types';

/** Something that can be measured: a library in a worker of its own. */
export interface Contender {
  id: string;
  label: string;
  /** Passed to the worker's `open`. */
  variant?: string;
  spawn(): Worker;
  /** Why it is not even tried on a backend. */
  lacks?: Partial<Record<BackendName, string>>;
  /** Whose losses its own must follow: on the cpu, unless `on` names another backend. */
  twin: { id: string; variant?: string; spawn(): Worker; on?: Partial<Record<BackendName, BackendName>> };
}

const ours = () => new Worker(new URL('./bench-worker.ts', import.meta.url), { type: 'module' });

/** Our plain engine in JavaScript: what everything that computes the same function is compared with. */
export const OUR_TWIN: Contender['twin'] = { id: 'plain', variant: 'plain', spawn: ours };

export const OURS: readonly Contender[] = [
  { id: 'fused', label: 'Alignlet, fused', variant: 'fused', spawn: ours, twin: OUR_TWIN },
  { id: 'plain', label: 'plain tfjs 4.22.0', variant: 'plain', spawn: ours, twin: OUR_TWIN },
];

/** Ours with weights in half floats. */
export const HALF: Contender = {
  id: 'fused-f16',
  label: 'Alignlet, fused, f16 weights',
  variant: 'fused-f16',
  spawn: ours,
  lacks: { wasm: 'half floats are on WebGPU only', webgl: 'half floats are on WebGPU only' },
  twin: OUR_TWIN,
};
