import fc from 'fast-check';
import { inject, TestRunner } from 'vitest';

import { amount, note } from '../support/noted';

/** Replay a failure with the seed and the path that it printed: `ALIGNLET_AMOUNTS=seed=…,path=…`. */
export const SEED = amount('seed', Date.now() % 2 ** 31);

/** Long enough for any amount; what is too slow for one input, the trial tells. */
export const LONG = 3_600_000;

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

interface Length {
  /** Inputs where no other amount is asked for. */
  short?: number;
  /** Properties of the same reader, which share the amount. */
  share?: number;
}

/**
 * Checks a property on many inputs; fast-check tells seed and path of one that fails. How many there were, how many
 * of them were refused (the property says true), and how long the slowest took is noted for the trial.
 */
export async function holds<T>(
  of: fc.Arbitrary<T>,
  property: (value: T) => unknown,
  { short = 400, share = 1 }: Length = {},
): Promise<void> {
  const task = TestRunner.getCurrentTest()!;
  const before = task.meta.noted ?? {};
  const seen = { inputs: 0, refused: 0, slowest: 0, slowestAt: 0 };
  /** Milliseconds that one input takes: of the processor where others hold up the machine. */
  const timed = async (value: T): Promise<number> => {
    const [began, busy] = [performance.now(), process.cpuUsage()];
    if ((await property(value)) === true) seen.refused++;
    const { user, system } = process.cpuUsage(busy);
    return Math.min(performance.now() - began, (user + system) / 1000);
  };
  const once = async (value: T): Promise<void> => {
    const at = seen.inputs++;
    let ms = await timed(value);
    if (ms > 1000) ms = Math.min(ms, await timed(value)); // or something else held up the process
    if (ms > seen.slowest) Object.assign(seen, { slowest: ms, slowestAt: at });
    if (at % 256 === 0) await nextTurn(); // the runner wants to hear from us
  };
  const { path } = inject('amounts');
  try {
    await fc.assert(fc.asyncProperty(of, once), {
      ...{ seed: SEED, numRuns: path === undefined ? Math.ceil(amount('fuzz', share * short) / share) : 1 },
      ...(path === undefined ? {} : { path }),
    });
  } finally {
    const slower = seen.slowest >= (before['slowest, ms'] ?? 0);
    note(task, {
      inputs: (before['inputs'] ?? 0) + seen.inputs,
      refused: (before['refused'] ?? 0) + seen.refused,
      seed: SEED,
      ...(slower ? { 'slowest, ms': seen.slowest, 'slowest at': seen.slowestAt } : {}),
    });
  }
}
