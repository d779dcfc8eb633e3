import type { GoldPart, GoldScore } from './types';

/** Collects the named parts of a gold reward and closes the sum, clipped to [−1, 1]. */
export class ScoreSheet {
  readonly #parts: GoldPart[] = [];

  /** Notes a part; parts worth nothing are left out. */
  add(name: string, value: number, why: string): this {
    if (value !== 0) this.#parts.push({ name, value, why });
    return this;
  }

  total(): GoldScore {
    const parts = this.#parts;
    const sum = parts.reduce((total, part) => total + part.value, 0);
    const total = Math.max(-1, Math.min(1, sum));
    if (total !== sum) parts.push({ name: 'clip', value: total - sum, why: 'scores end at −1 and 1' });
    return { total, parts };
  }
}

/** "1 word", "2 words" */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
