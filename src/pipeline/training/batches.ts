import { MessageError } from '../../messages';

/**
 * Batches of `size` indices below `count`, every index once per epoch in a new order; all of them in every batch where
 * there are fewer. Throws a MessageError when there is none.
 */
export function* shuffledBatches(count: number, size: number, shuffle: (xs: number[]) => number[]) {
  if (count === 0) throw new MessageError({ code: 'pairs.none', values: {} });
  let queue: number[] = [];
  const all = Array.from({ length: count }, (_, i) => i);
  for (;;) {
    if (queue.length < size) queue = [...queue, ...shuffle(all)];
    yield queue.splice(0, size);
  }
}

/**
 * A list cut into exactly `parts` pieces in order, their lengths differing by at most one, the longer ones first.
 * Throws a RangeError unless 1 ≤ parts ≤ items.
 */
export function cutInto<T>(items: readonly T[], parts: number): T[][] {
  if (!(parts >= 1 && parts <= items.length))
    throw new RangeError(`${items.length} items cannot be cut into ${parts} parts`);
  const [length, longer] = [Math.floor(items.length / parts), items.length % parts];
  const startOf = (part: number) => part * length + Math.min(part, longer);
  return Array.from({ length: parts }, (_, part) => items.slice(startOf(part), startOf(part + 1)));
}
