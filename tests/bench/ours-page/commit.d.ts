/** The source of the commit that the page is built for; its shapes are those of today where the page uses them. */
declare module '@commit/bench/counters' {
  export function installCounters(): void;
}
declare module '@commit/bench/ours' {
  export function openOurs(backend: string, kind: 'fused' | 'plain'): Promise<unknown>;
}
declare module '@commit/bench/workload' {
  import type { Shape, ShapeName } from '../../../src/bench/workload';
  export const SHAPES: Record<ShapeName, Shape>;
}
