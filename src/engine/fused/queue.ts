import type { Kernels } from '../../kernels/kernels';

/** Runs jobs one after the other; an idle queue starts a job at once, in the same tick. */
export class SerialQueue {
  private busy = false;
  private readonly waiting: (() => void)[] = [];

  async run<T>(job: () => T | Promise<T>): Promise<T> {
    if (this.busy) await new Promise<void>((start) => this.waiting.push(start));
    this.busy = true;
    try {
      return await job();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.busy = false;
    }
  }
}

const queues = new WeakMap<Kernels, SerialQueue>();

/** The queue of one device: its models share scratch memory, so their calls must not interleave. */
export function queueOf(kernels: Kernels): SerialQueue {
  let queue = queues.get(kernels);
  if (!queue) queues.set(kernels, (queue = new SerialQueue()));
  return queue;
}
