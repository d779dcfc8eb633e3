import fc from 'fast-check';

/** A list in a list in a list. */
export function nested(depth: number): unknown {
  let value: unknown = [];
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}

/** Values that readers stumble over. */
const oddity = fc.oneof(
  fc.constantFrom<unknown>(
    ...[null, true, '', '\ud800', 'constructor', '__proto__', 'a'.repeat(5000), 0, -1, 1e308, 2 ** 53, 0.5],
    ...[[], {}, [null], [[]], { length: 3 }, { code: 'at', values: {} }, { code: 'both', values: {} }],
  ),
  fc.constantFrom(50, 20_000).map(nested),
  fc.jsonValue({ maxDepth: 2 }),
);

interface Change {
  /** Which place of the value, from 0 to 1. */
  where: number;
  how: 'replace' | 'remove' | 'repeat' | 'rename' | 'copy';
  from: number;
  odd: unknown;
}

const changes: fc.Arbitrary<Change[]> = fc.array(
  fc.record({
    where: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    how: fc.constantFrom('replace', 'replace', 'remove', 'repeat', 'rename', 'copy'),
    from: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    odd: oddity,
  }),
  { minLength: 1, maxLength: 3 },
);

type Place = { owner: Record<string, unknown> | unknown[]; key: string };

/** Every place in a value, at most so deep: what was nested on purpose is one place. */
function placesOf(value: unknown, depth = 0): Place[] {
  if (typeof value !== 'object' || value === null || depth > 12) return [];
  const owner = value as Place['owner'];
  return Object.keys(owner).flatMap((key) => [
    { owner, key },
    ...placesOf((owner as Record<string, unknown>)[key], depth + 1),
  ]);
}

function apply(value: unknown, { where, how, from, odd }: Change): void {
  const places = placesOf(value);
  const at = places[Math.floor(where * places.length)];
  const other = places[Math.floor(from * places.length)];
  if (!at || !other) return;
  const owner = at.owner as Record<string, unknown>;
  const own = owner[at.key];
  if (how === 'replace') owner[at.key] = odd;
  else if (how === 'copy') owner[at.key] = copied((other.owner as Record<string, unknown>)[other.key]);
  else if (Array.isArray(at.owner)) {
    if (how === 'remove') at.owner.splice(Number(at.key), 1);
    else at.owner.push(copied(own));
  } else {
    const name = typeof odd === 'string' ? odd : `${at.key}s`;
    const property = { value: own, enumerable: true, writable: true, configurable: true };
    if (how !== 'repeat') Reflect.deleteProperty(owner, at.key);
    if (how !== 'remove') Object.defineProperty(owner, name, property);
  }
}

/** A copy, but of what is nested too deep for one the thing itself. */
function copied(value: unknown): unknown {
  try {
    return structuredClone(value);
  } catch {
    return value;
  }
}

/** The value with a few things in it changed; it is plain JSON again. */
export const mutated = (valid: unknown): fc.Arbitrary<unknown> =>
  changes.map((list) => {
    const value = structuredClone(valid);
    for (const change of list) apply(value, change);
    return value;
  });

/** The bytes with a few of them changed, or cut, or with more behind them. */
export const mutatedBytes = (valid: Uint8Array): fc.Arbitrary<Uint8Array> =>
  fc
    .record({
      // most of what may be wrong is at the beginning
      at: fc.array(fc.tuple(fc.oneof(fc.nat(400), fc.nat(valid.length - 1)), fc.nat(255)), { maxLength: 4 }),
      cut: fc.option(fc.nat(valid.length), { freq: 5 }),
      more: fc.uint8Array({ maxLength: 3 }),
    })
    .map(({ at, cut, more }) => {
      const bytes = Uint8Array.from([...valid, ...more]);
      for (const [i, byte] of at) if (i < bytes.length) bytes[i] = byte;
      return cut === null ? bytes : bytes.slice(0, cut);
    });
