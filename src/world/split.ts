import type { Words } from './lexicon';
import type { Split } from './types';

/**
 * Which split a prompt belongs to, decided by its words alone: FNV-1a (32 bits) of the salted words, mixed
 * once more; the lowest quarter of hash values is held out. A prompt can therefore never occur in both splits.
 */
export function splitOf(salt: string, words: Words): Split {
  let hash = 0x811c9dc5;
  for (const char of `${salt} ${words.join(' ')}`) {
    hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
  }
  hash ^= hash >>> 15; // FNV-1a alone mixes the high bits of short texts poorly
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  return hash >>> 0 < 0x40000000 ? 'heldOut' : 'train';
}

/** Draws until a draw belongs to the split. */
export function drawUntil<T>(draw: () => T, belongs: (drawn: T) => boolean): T {
  for (;;) {
    const drawn = draw();
    if (belongs(drawn)) return drawn;
  }
}
