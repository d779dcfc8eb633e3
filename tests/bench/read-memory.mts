import type { MemoryRow } from '../../src/bench/results';
import type { MemorySample } from '../../src/bench/worker-api';

/** After a tenth of the updates, at the end, and where there was last more than ever before. */
export function readMemory(
  samples: readonly MemorySample[],
  updates: number,
): Pick<MemoryRow, 'early' | 'late' | 'grewAt'> {
  let grewAt: number | undefined;
  let most = 0;
  for (const s of samples)
    if (s.bytes + s.deviceBytes + s.tensors > most) {
      most = s.bytes + s.deviceBytes + s.tensors;
      grewAt = s.update;
    }
  return { early: samples.find((s) => s.update >= updates / 10), late: samples[samples.length - 1], grewAt };
}
