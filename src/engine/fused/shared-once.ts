import type { MaybePromise } from '../../kernels/kernels';
import type { SharedTfjs } from '../devices/tfjs';

/** tfjs on the device of an engine, from the first loss that needs it until the engine is closed. */
export class SharedOnce {
  private found: SharedTfjs | null = null;
  private opening: Promise<SharedTfjs | null> | null = null;
  private closed = false;

  constructor(private readonly open: () => Promise<SharedTfjs>) {}

  /** At once if it is there; null where it cannot be had, and losses run on the host. */
  get(): MaybePromise<SharedTfjs | null> {
    return this.found ?? (this.opening ??= this.opened());
  }

  bytes(): number {
    return this.found?.bytes() ?? 0;
  }

  close(): void {
    this.closed = true;
    this.found?.close();
    this.found = null;
  }

  private async opened(): Promise<SharedTfjs | null> {
    const tfjs = await this.open().catch(() => null);
    if (!this.closed) return (this.found = tfjs);
    tfjs?.close();
    return null;
  }
}
