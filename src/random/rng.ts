import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/**
 * A seeded stream of random numbers that can be split by label.
 *
 * A stream is named by its path, for example `1/ppo/rollout`. Two different paths give independent
 * streams, and splitting never advances the parent, so a stage that draws more (a longer evaluation,
 * say) cannot change what another stage sees.
 *
 * Generator: xoroshiro128+ (Blackman & Vigna 2018) as implemented by `pure-rand`; its 128-bit state is
 * the first half of SHA-256 of the path.
 */
export interface Rng {
  readonly path: string;
  /** An independent stream; the same label always gives the same stream. */
  split(label: string | number): Rng;
  /** Uniform in [0, 1), 53 random bits. */
  uniform(): number;
  /** Uniform integer in [low, high], both included. */
  int(low: number, high: number): number;
  /** True with probability p. */
  bernoulli(p: number): boolean;
  /** Standard normal by Box–Muller. */
  normal(): number;
  /** One item, uniformly. Throws a RangeError on an empty list. */
  choice<T>(items: readonly T[]): T;
  /** One item with probability proportional to its weight. */
  weighted<T>(items: readonly T[], weights: readonly number[]): T;
  /** `count` different items, in random order. */
  sample<T>(items: readonly T[], count: number): T[];
  /** A shuffled copy (Fisher–Yates). */
  shuffle<T>(items: readonly T[]): T[];
  /** An unsigned 32-bit integer, for example the key of a counter-based noise field. */
  uint32(): number;
}

/** The stream of `seed` at `path`. */
export function rngFrom(seed: number | string, ...path: (string | number)[]): Rng {
  return makeRng([seed, ...path].join('/'));
}

function makeRng(path: string): Rng {
  const digest = new DataView(sha256(utf8ToBytes(path)).buffer);
  const generator = xoroshiro128plusFromState([
    digest.getInt32(0),
    digest.getInt32(4),
    digest.getInt32(8),
    digest.getInt32(12) | 1, // the all-zero state is a fixed point
  ]);
  const uniform = () => uniformFloat64(generator);
  const int = (low: number, high: number) => uniformInt(generator, low, high);
  const shuffle = <T>(items: readonly T[]): T[] => {
    const out = items.slice();
    for (let i = out.length - 1; i > 0; i--) {
      const j = int(0, i);
      [out[i], out[j]] = [out[j]!, out[i]!];
    }
    return out;
  };
  return {
    path,
    split: (label) => makeRng(`${path}/${label}`),
    uniform,
    int,
    bernoulli: (p) => uniform() < p,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    choice: (items) => {
      if (items.length === 0) throw new RangeError('choice from an empty list');
      return items[int(0, items.length - 1)]!;
    },
    weighted: (items, weights) => {
      let u = uniform() * weights.reduce((a, b) => a + b, 0);
      for (let i = 0; i < items.length; i++) {
        u -= weights[i] ?? 0;
        if (u < 0) return items[i]!;
      }
      return items[items.length - 1]!;
    },
    sample: (items, count) => shuffle(items).slice(0, count),
    shuffle,
    uint32: () => int(-0x80000000, 0x7fffffff) >>> 0,
  };
}
