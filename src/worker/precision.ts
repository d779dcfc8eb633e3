import type { EngineOptions } from '../engine/types';

export type Precision = NonNullable<EngineOptions['precision']>;

/** What a link may ask for. */
export const PRECISIONS: readonly Precision[] = ['f32', 'f16'];

/** The `precision` of a link, or null. */
export function precisionAskedFor(search: string): Precision | null {
  const asked = new URLSearchParams(search).get('precision');
  return PRECISIONS.find((precision) => precision === asked) ?? null;
}
