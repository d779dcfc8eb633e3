import * as Comlink from 'comlink';
import type { LabWorker } from '../../src/worker/api';
import type { Parts } from '../../src/worker/member';

/** Locks as a browser has them, as far as they are needed here: one holder, and a line behind it. */
class FakeLocks {
  private readonly lines = new Map<string, Promise<void>>();

  async request(
    name: string,
    { signal }: { signal?: AbortSignal },
    granted: () => void | Promise<void>,
  ): Promise<void> {
    const turn = (this.lines.get(name) ?? Promise.resolve()).then(() => {
      signal?.throwIfAborted();
      return granted();
    });
    this.lines.set(
      name,
      turn.catch(() => undefined),
    );
    return turn;
  }
}

/** A worker whose thread is this one. What it is told to do is up to the test. */
export class FakeWorker extends EventTarget {
  /** How it has been started. */
  readonly started: unknown[][] = [];
  terminated = false;
  private readonly port: MessagePort;
  private release: () => void = () => undefined;

  constructor(
    readonly locks: FakeLocks | undefined,
    work: Partial<LabWorker>,
    /** Its script never comes. */
    silent: boolean,
  ) {
    super();
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    port1.addEventListener('message', ({ data }) =>
      this.dispatchEvent(new MessageEvent('message', { data })),
    );
    port1.start();
    const worker: LabWorker = {
      hold: (name) =>
        new Promise((resolve) => {
          if (name === null || !locks) return resolve(false);
          const held = () => {
            resolve(true);
            return new Promise<void>((release) => (this.release = release));
          };
          void locks.request(name, {}, held);
        }),
      ping: async () => undefined,
      start: async (...args) => {
        this.started.push(args);
        return {
          info: { backend: 'wasm', kind: 'fused', adapter: 'test', software: false },
          considered: [],
        };
      },
      limitThreads: async () => undefined,
      control: async () => undefined,
      execute: () => never,
      answer: () => never,
      inspect: () => never,
      ...work,
    };
    if (!silent) Comlink.expose(worker, port2);
  }

  postMessage(data: unknown, transfer: Transferable[] = []): void {
    this.port.postMessage(data, transfer);
  }

  terminate(): void {
    this.terminated = true;
    this.vanish();
  }

  /** Dies as a worker does that a browser ends: nothing is said, only its locks are free again. */
  vanish(): void {
    this.port.close();
    this.release();
  }

  /** What an uncaught error, or a script that is not there, looks like from outside. */
  fail(message?: string): void {
    this.dispatchEvent(Object.assign(new Event('error', { cancelable: true }), { message }));
  }
}

export const never = new Promise<never>(() => undefined);

/** Workers that do what the test says, in the order in which they are opened. */
export function fakeParts({ locks = true } = {}): {
  parts: Parts;
  workers: FakeWorker[];
  /** What workers do that are opened from now on. */
  will(work: Partial<LabWorker>): void;
  /** The scripts of workers that are opened from now on never come. */
  silence(): void;
} {
  const manager = locks ? new FakeLocks() : undefined;
  const workers: FakeWorker[] = [];
  let work: Partial<LabWorker> = {};
  let silent = false;
  return {
    parts: {
      spawn() {
        const worker = new FakeWorker(manager, work, silent);
        workers.push(worker);
        return worker as unknown as Worker;
      },
      locks: manager as unknown as LockManager | undefined,
    },
    workers,
    will: (next) => void (work = next),
    silence: () => void (silent = true),
  };
}

/** Lets everything happen that is already on its way, messages between threads included. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 30; i++) await new Promise((resolve) => setImmediate(resolve));
}
