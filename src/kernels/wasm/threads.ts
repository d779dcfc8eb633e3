import { KernelError, trouble, type DeviceGuard, type Trouble } from '../guard';
import { MAX_TASKS } from './spread';

/**
 * Threads that share the memory of the thread that opens them. A kernel is cut into tasks by ranges of its
 * outputs; every thread, the caller too, takes one task after the other until none is left, and the caller
 * waits only for tasks that have been taken. So a thread that the system does not run holds up nobody, and
 * whoever computes a task, the result is bit for bit the same.
 *
 * The protocol, with thread.mjs: the caller writes the tasks (export, number of arguments, arguments), sets
 * PENDING to their number and TICKETS to (turn, number of tasks left). A thread takes a task by counting
 * TICKETS down in a compare-and-exchange, which fails if the turn is over, and counts PENDING down when it has
 * done it. Only threads whose index is below LIMIT take part.
 */
const [TICKETS, PENDING, LIMIT, FAILED] = [0, 1, 2, 3];
/** Numbers per task: the export, how many arguments, the arguments. */
const TASK = 24;
/** Rounds of looking before a thread goes to sleep: some microseconds. */
const SPINS = 4000;
/** A task takes milliseconds. A thread that needs this long is gone. */
const PATIENCE_MS = 20_000;
const OPENING_MS = 10_000;
/** Initial and most pages of 64 kB, as in build.mjs. */
const MEMORY_PAGES = { initial: 16, maximum: 16384, shared: true };

/** A Web Worker or a worker of Node. */
interface Thread {
  postMessage(message: unknown): void;
  terminate(): unknown;
}

interface Handlers {
  message(data: unknown): void;
  error(reason: Trouble): void;
}

/** Why there can be no threads here; null if there can. */
export function whyNoThreads(): Trouble | null {
  if (typeof SharedArrayBuffer === 'undefined' || globalThis.crossOriginIsolated === false)
    return trouble('thread.isolation', {});
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 0);
    return null;
  } catch {
    return trouble('thread.wait', {}); // as the thread of a page
  }
}

export class ThreadPool {
  readonly exports: Record<string, (...args: number[]) => number>;
  /** Threads that take part now, the caller included. */
  limit: number;
  /** How long a task may take, milliseconds (tests set less). */
  patience = PATIENCE_MS;
  private turn = 0;
  private readonly threads: Thread[] = [];
  private readonly control = new Int32Array(new SharedArrayBuffer(64));
  private readonly tasks = new Float64Array(new SharedArrayBuffer(MAX_TASKS * TASK * 8));
  private readonly indexOf: Record<string, number> = {};

  private constructor(
    private readonly module: WebAssembly.Module,
    readonly memory: WebAssembly.Memory,
    readonly size: number,
    private readonly guard: DeviceGuard,
  ) {
    this.exports = new WebAssembly.Instance(module, { env: { memory } }).exports as typeof this.exports;
    WebAssembly.Module.exports(module).forEach(({ name }, i) => (this.indexOf[name] = i));
    this.limit = size;
    Atomics.store(this.control, LIMIT, size);
  }

  /** `size` threads, the caller's among them. Throws if the memory or a thread cannot be had. */
  static async open(module: WebAssembly.Module, size: number, guard: DeviceGuard): Promise<ThreadPool> {
    const pool = new ThreadPool(module, new WebAssembly.Memory(MEMORY_PAGES), size, guard);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new KernelError(trouble('thread.late', {}))), OPENING_MS);
    });
    const all = Promise.all(Array.from({ length: size - 1 }, (_, i) => pool.start(i + 1)));
    try {
      await Promise.race([all, late]);
      return pool;
    } catch (error) {
      pool.close();
      throw error;
    } finally {
      clearTimeout(timer);
      all.catch(() => undefined);
    }
  }

  /** Throws if a thread has failed: the memory may hold anything. */
  assertAlive(): void {
    this.guard.check();
  }

  /** Runs a kernel once with each list of arguments, whichever thread takes it, and returns when all are done. */
  run(name: string, parts: readonly (readonly number[])[]): void {
    const { control, tasks } = this;
    const kernel = this.exports[name]!;
    parts.forEach((args, i) => {
      tasks[i * TASK] = this.indexOf[name]!;
      tasks[i * TASK + 1] = args.length;
      tasks.set(args, i * TASK + 2);
    });
    Atomics.store(control, PENDING, parts.length);
    this.turn = (this.turn + 1) & 0x7fffff;
    Atomics.store(control, TICKETS, (this.turn << 8) | parts.length);
    Atomics.notify(control, TICKETS, Math.min(parts.length, this.limit) - 1);
    for (let tickets: number; ((tickets = Atomics.load(control, TICKETS)) & 255) > 0;) {
      if (Atomics.compareExchange(control, TICKETS, tickets, tickets - 1) !== tickets) continue;
      try {
        kernel(...parts[(tickets & 255) - 1]!);
      } catch {
        Atomics.store(control, FAILED, 1);
      }
      Atomics.sub(control, PENDING, 1);
    }
    this.waitForOthers();
    if (Atomics.load(control, FAILED)) throw this.fail(trouble('thread.kernel', { kernel: name }));
  }

  /** Lets only `count` threads take part from now on (from 1, all by the caller, up to `size`). */
  setLimit(count: number): void {
    this.limit = Math.max(1, Math.min(this.size, Math.floor(count)));
    Atomics.store(this.control, LIMIT, this.limit);
    Atomics.notify(this.control, LIMIT);
  }

  /** Ends the threads. The caller can go on alone. */
  close(): void {
    for (const thread of this.threads) void thread.terminate();
    this.threads.length = 0;
    this.limit = 1;
  }

  private waitForOthers(): void {
    const { control } = this;
    for (let i = 0; i < SPINS; i++) if (Atomics.load(control, PENDING) === 0) return;
    for (let pending: number; (pending = Atomics.load(control, PENDING)) > 0;)
      if (Atomics.wait(control, PENDING, pending, this.patience) === 'timed-out')
        throw this.fail(trouble('thread.silent', { seconds: this.patience / 1000 }));
  }

  private fail(reason: Trouble): Error {
    this.close();
    return this.guard.fail(reason);
  }

  private async start(index: number): Promise<void> {
    const { module, memory, control, tasks } = this;
    let ready = () => {};
    let refuse: (error: Error) => void = () => undefined;
    const answer = new Promise<void>((resolve, reject) => ([ready, refuse] = [resolve, reject]));
    const error = (reason: Trouble) => {
      refuse(new KernelError(reason));
      if (this.threads.length > 0) this.fail(reason);
    };
    const onMessage = (data: unknown) =>
      data === 'ready' ? ready() : error(trouble('foreign', { text: (data as { failed: string }).failed }));
    const { thread, release } = await spawn({ message: onMessage, error });
    this.threads.push(thread);
    thread.postMessage({ module, memory, control, tasks, index });
    await answer;
    release();
  }
}

/** `release`: this thread alone no longer keeps Node running. */
async function spawn({
  message: onMessage,
  error,
}: Handlers): Promise<{ thread: Thread; release: () => void }> {
  if (typeof process === 'object' && process.versions?.node) {
    const [name, file] = ['node:worker_threads', './thread.mjs'];
    const { Worker } = (await import(/* @vite-ignore */ name)) as typeof import('node:worker_threads');
    const worker = new Worker(new URL(file, import.meta.url), { execArgv: [] });
    worker.on('message', onMessage).on('error', ({ message: text }) => error(trouble('foreign', { text })));
    return { thread: worker, release: () => worker.unref() };
  }
  const worker = new Worker(new URL('./thread.mjs', import.meta.url), { type: 'module' });
  worker.onmessage = ({ data }) => onMessage(data);
  worker.onerror = (event) => {
    event.preventDefault(); // told here; else it would reach the page as an error of the whole engine
    error(event.message ? trouble('foreign', { text: event.message }) : trouble('thread.start', {}));
  };
  return { thread: worker, release: () => undefined };
}
