import * as Comlink from 'comlink';
import { message, MessageError, type Message } from '../messages';
import type { LabWorker } from './api';

/** A script of a megabyte over a slow line takes so long at most; one that takes longer is not coming. */
const LOADING_MS = 60_000;
/** Where there are no locks: how often a worker is asked for a sign of life, and after how many it counts as dead. */
const PING_MS = 15_000;
const PINGS_UNANSWERED = 40;

/** The worker that was asked has ended; whatever waited for it has been given up. */
export class WorkerEndedError extends MessageError {
  override readonly name = 'WorkerEndedError';
}

/** What a member is made of; tests put other parts in their place. */
export interface Parts {
  spawn(): Worker;
  /** Absent outside of secure contexts. */
  locks: Pick<LockManager, 'request'> | undefined;
}

export const BROWSER: Parts = {
  spawn: () => new Worker(new URL('./lab-worker.ts', import.meta.url), { type: 'module' }),
  locks: globalThis.navigator?.locks as LockManager | undefined,
};

let count = 0;
/** Unique among all pages of this origin, which share their locks. */
const lockName = (): string =>
  `alignlet worker ${crypto.getRandomValues(new Uint32Array(2)).join('-')} ${++count}`;

/**
 * One worker, and what becomes of it. A browser says nothing when it ends a worker, for want of memory for example;
 * whoever waits for an answer then waits for ever. So the worker holds a Web Lock for as long as it lives, for which
 * the page stands in line: when it is granted, the worker is dead, and every call that waits is rejected. A row that
 * takes long is never mistaken for that. Without locks, a worker that does not answer for ten minutes counts as dead.
 */
export class Member {
  private readonly worker: Worker;
  private readonly remote: Comlink.Remote<LabWorker>;
  private readonly waiting = new Set<(reason: WorkerEndedError) => void>();
  private readonly withdraw = new AbortController();
  private running = false;
  private ended: WorkerEndedError | undefined;

  /** `onEnd` hears once why the worker has ended; it is not told of `dismiss`. */
  constructor(
    private readonly parts: Parts,
    private readonly onEnd: (reason: Message) => void,
  ) {
    this.worker = parts.spawn();
    this.remote = Comlink.wrap<LabWorker>(this.worker);
    const failed = (event: Event) => {
      event.preventDefault(); // it is told below, and not once more in the console
      const text = (event as Partial<ErrorEvent>).message ?? '';
      this.die(this.running ? message('worker.error', { text }) : message('worker.script', {}));
    };
    this.worker.addEventListener('error', failed);
    this.worker.addEventListener('messageerror', () =>
      this.die(message('worker.error', { text: 'a message could not be read' })),
    );
  }

  /** Resolves when the script of the worker runs. */
  async open(): Promise<void> {
    const name = lockName();
    const late = setTimeout(
      () => this.die(message('worker.slow', { seconds: LOADING_MS / 1000 })),
      LOADING_MS,
    );
    const held = await this.call((worker) => worker.hold(this.parts.locks ? name : null)).finally(() =>
      clearTimeout(late),
    );
    this.running = true;
    if (held) this.watchLock(name);
    else this.ping();
  }

  /** What `ask` resolves to; rejects with a WorkerEndedError as soon as the worker has ended. */
  call<T>(ask: (worker: Comlink.Remote<LabWorker>) => Promise<T>): Promise<T> {
    if (this.ended) return Promise.reject(this.ended);
    // no Promise.race: it would keep every answer for as long as the worker lives
    return new Promise<T>((resolve, reject) => {
      this.waiting.add(reject);
      void ask(this.remote)
        .then(resolve, reject)
        .finally(() => this.waiting.delete(reject));
    });
  }

  /** Asks for something whose answer nobody waits for. */
  tell(ask: (worker: Comlink.Remote<LabWorker>) => Promise<void>): void {
    this.call(ask).catch(() => undefined); // whoever waits for the worker hears of its end
  }

  /** Ends the worker on purpose; whatever waits for it is rejected with this reason. */
  dismiss(reason: Message): void {
    if (this.ended) return;
    this.ended = new WorkerEndedError(reason);
    this.withdraw.abort();
    this.worker.terminate();
    for (const reject of this.waiting) reject(this.ended);
    this.waiting.clear();
  }

  private die(reason: Message): void {
    if (this.ended) return;
    this.dismiss(reason);
    this.onEnd(reason);
  }

  private watchLock(name: string): void {
    this.parts
      .locks!.request(name, { signal: this.withdraw.signal }, () => this.die(message('worker.died', {})))
      .catch(() => undefined); // withdrawn
  }

  private ping(): void {
    let unanswered = 0;
    const timer = setInterval(() => {
      // counted, not timed: a computer that was asleep has not waited
      if (++unanswered > PINGS_UNANSWERED)
        return this.die(message('worker.silent', { minutes: (PING_MS * PINGS_UNANSWERED) / 60_000 }));
      if (unanswered === 1)
        this.call((worker) => worker.ping()).then(
          () => (unanswered = 0),
          () => undefined,
        );
    }, PING_MS);
    this.withdraw.signal.addEventListener('abort', () => clearInterval(timer));
  }
}
