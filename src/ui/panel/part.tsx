import { lazy, type ComponentType } from 'react';

/** A part of the page whose script comes when it is first drawn, or beforehand. */
export interface Part<P> {
  /** To be drawn inside a `Suspense`, and inside a `Panel`, which says so when the script does not come. */
  Part: ComponentType<P>;
  /** Fetches the script while there is nothing else to do; a failure is told to whoever draws the part. */
  fetch(): Promise<unknown>;
}

export const part = <P,>(load: () => Promise<ComponentType<P>>): Part<P> => ({
  Part: lazy(async () => ({ default: (await load()) as ComponentType<unknown> })) as ComponentType<P>,
  fetch: () => load().catch(() => undefined),
});
