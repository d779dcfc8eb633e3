import { describe, expect, it } from 'vitest';
import type { EvaluationPlan } from '../../../src/pipeline/contract/stage';
import type { TimedEvent } from '../../../src/pipeline/lab/runner';
import { rngFrom } from '../../../src/random/rng';
import { secondsLeft } from '../../../src/ui/store/series';

interface Course {
  updates: number;
  /** Updates between two rows. */
  every: number;
  plan: EvaluationPlan;
  /** Seconds of a measurement, over the seconds of an update. */
  measuring: number;
  /** Every so many updates one takes so many times as long. */
  spikes: readonly [every: number, times: number];
  /** How much slower an update is at the end: answers grow. */
  drift: number;
}

const plan = { times: 12, prompts: 128, finalPrompts: 512 };
const COURSES: Record<string, Course> = {
  'PPO, whose measurements are slow': {
    updates: 60,
    every: 1,
    plan,
    measuring: 4,
    spikes: [9, 3],
    drift: 1.3,
  },
  'DPO, whose reference is asked ahead': { updates: 120, every: 1, plan, measuring: 10, spikes: [16, 8], drift: 1 }, // prettier-ignore
  'a long run that logs every fifth update': { updates: 500, every: 5, plan, measuring: 20, spikes: [16, 6], drift: 1.2 }, // prettier-ignore
  'a run that is measured once': { updates: 60, every: 1, plan: { ...plan, times: 1 }, measuring: 15, spikes: [7, 2], drift: 1 }, // prettier-ignore
};

/** Rows of a run on a simulated clock: the first update also starts the engine, all are uneven. */
function simulated(
  { updates, every, plan: p, measuring, spikes, drift }: Course,
  seed: number,
): TimedEvent[] {
  const rng = rngFrom(seed, 'clock');
  const events: TimedEvent[] = [];
  let seconds = 0;
  const uneven = (spread = 0.4) => 0.1 * Math.exp(spread * rng.normal());
  const push = (type: 'metrics' | 'evaluation', update: number) =>
    events.push({ type, update, updates, samples: update, tokens: update, seconds, metrics: {}, evaluation: {} } as never); // prettier-ignore
  const measure = (update: number, share = 1) => {
    seconds += share * measuring * uneven(0.2); // a mean over many answers
    push('evaluation', update);
  };
  measure(0);
  let due = updates / p.times;
  for (let update = 1; update <= updates; update++) {
    const grown = 1 + ((drift - 1) * update) / updates;
    seconds += grown * uneven() * (update === 1 ? 20 : update % spikes[0] === 0 ? spikes[1] : 1);
    if (update > 1 && update < updates && update % every) continue;
    push('metrics', update);
    if (update >= updates || update < due) continue;
    while (due <= update) due += updates / p.times;
    measure(update);
  }
  measure(updates, p.finalPrompts / p.prompts);
  return events;
}

describe.each(Object.entries(COURSES))('time left of %s', (_, course) => {
  it('is right within a factor of 1.5 after ten updates, and stays so in nine of ten moments', () => {
    const factors: number[] = [];
    for (let seed = 1; seed <= 20; seed++) {
      const events = simulated(course, seed);
      const end = events.at(-1)!.seconds;
      const after = events.findIndex(({ update }) => update >= 10);
      const moments = events.flatMap(({ seconds }, i) => {
        const left = i < after ? undefined : secondsLeft(events.slice(0, i + 1), course.plan);
        return left === undefined ? [] : [left / (end - seconds)];
      });
      factors.push(...moments);
    }
    const off = factors.map((f) => Math.max(f, 1 / f)).sort((a, b) => a - b);
    expect(off[Math.floor(0.9 * off.length)]).toBeLessThan(1.5);
  });
});
