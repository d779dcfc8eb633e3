import type { DeviceGuard } from '../../kernels/guard';
import type { Message } from '../../messages';
import { DeviceLostError } from '../errors';

/** How long after its first refusal the end of a device is told at the latest. */
const NEWS_MS = 500;

/**
 * The end of one device, told once to everybody: every engine, plain or fused, reports a lost device through
 * `lost` and rejects what waits for it with the same DeviceLostError.
 */
export class DeviceWatch implements DeviceGuard {
  /** Resolves with the reason of the failure. */
  readonly lost: Promise<Message>;
  private tellLost!: (reason: Message) => void;
  private failure: DeviceLostError | null = null;
  private closed = false;
  private readonly waiting = new Set<(error: unknown) => void>();

  constructor() {
    this.lost = new Promise((resolve) => (this.tellLost = resolve));
  }

  get failed(): boolean {
    return this.failure !== null;
  }

  check(): void {
    if (this.failure) throw this.failure;
  }

  fail(reason: Message): DeviceLostError {
    if (this.failure) return this.failure;
    const failure = new DeviceLostError(reason);
    if (this.closed) return failure;
    this.failure = failure;
    for (const reject of this.waiting) reject(failure);
    this.waiting.clear();
    this.tellLost(reason);
    return failure;
  }

  orLost<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.failure) return reject(this.failure);
      this.waiting.add(reject);
      work.then(
        (value) => {
          this.waiting.delete(reject);
          if (this.failure) reject(this.failure);
          else resolve(value);
        },
        (error: unknown) => {
          // a call that the dying device refused tells less than the reason of its death, which follows
          setTimeout(() => {
            this.waiting.delete(reject);
            reject(this.failure ?? (error as Error));
          }, NEWS_MS);
        },
      );
    });
  }

  /** The device is being given back: what happens to it from here on is no failure. */
  close(): void {
    this.closed = true;
  }
}
