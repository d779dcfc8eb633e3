import { useMemo } from 'react';
import { checkClaim, type CheckedClaim } from '../../pipeline/records/claims';
import { finalFigures } from './figure-book';
import { useLab } from '../store/useLab';
import type { DemoEntry } from '../lessons/demos';

/** Every claim of the demo on the figures that this run has so far. */
export function useClaims(demo: DemoEntry): CheckedClaim[] {
  const stages = useLab((s) => s.stages);
  return useMemo(() => {
    const figures = finalFigures(stages);
    return demo.claims.map((claim) => checkClaim(claim, figures));
  }, [demo, stages]);
}
