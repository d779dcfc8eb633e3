import { message, type Code, type Codes } from '../messages';
import type { GoldPart, GoldScore } from './types';

/** Collects the named parts of a gold reward and closes the sum, clipped to [−1, 1]. */
export class ScoreSheet {
  readonly #parts: GoldPart[] = [];

  /** Notes a part and the code of its reason with its values; parts worth nothing are left out. */
  add<C extends Code>(name: string, value: number, code: C, values: Codes[C]): this {
    if (value !== 0) this.#parts.push({ name, value, why: message(code, values) });
    return this;
  }

  total(): GoldScore {
    const parts = this.#parts;
    const sum = parts.reduce((total, part) => total + part.value, 0);
    const total = Math.max(-1, Math.min(1, sum));
    if (total !== sum) parts.push({ name: 'clip', value: total - sum, why: message('gold.clipped', {}) });
    return { total, parts };
  }
}
