/** Batches of pair indices, every pair once per epoch in a new order. */
export function* shuffledBatches(count: number, size: number, shuffle: (xs: number[]) => number[]) {
  let queue: number[] = [];
  const all = Array.from({ length: count }, (_, i) => i);
  for (;;) {
    if (queue.length < size) queue = [...queue, ...shuffle(all)];
    yield queue.splice(0, size);
  }
}
