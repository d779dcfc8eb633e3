import type { BackendName } from '../engine/types';
import { OURS, type Contender } from './contenders';
import { inTime, messageOf, start, type Host } from './host';
import type { BenchOptions, Hooks } from './options';
import type { Results } from './results';
import type { Shape } from './workload';

export type OurId = 'fused' | 'plain';
export type OurApi = Host['api'];

/** What every part of one run shares: its options, its results so far, and workers of ours. */
export class Run {
  private readonly begin = performance.now();

  constructor(
    readonly options: BenchOptions,
    readonly contenders: readonly Contender[],
    readonly hooks: Hooks,
    readonly results: Results,
  ) {}

  say(message: string): void {
    this.hooks.progress(message);
  }

  update(): void {
    this.hooks.update?.(this.results);
  }

  /** True once the time allowed is over: then `what` is not begun. */
  over(what: string): boolean {
    const over = performance.now() - this.begin > this.options.minutes * 60_000;
    if (over) this.say(`${what}: not begun, the time allowed is over`);
    return over;
  }

  answer<T>(work: Promise<T>, times = 1): Promise<T> {
    return inTime(work, times * this.options.timeoutS * 1000);
  }

  /** A worker of ours with a model in it. */
  async ours(id: OurId, backend: BackendName, at?: Shape): Promise<Host> {
    const contender = OURS.find((c) => c.id === id)!;
    const host = start(contender);
    try {
      const info = await this.answer(Promise.race([host.api.open(backend, contender.variant), host.failed]));
      this.sameAdapter(backend, info.software, info.adapter);
      if (at) await this.answer(Promise.race([host.api.prepare(at), host.failed]));
      return host;
    } catch (error) {
      host.kill();
      throw error;
    }
  }

  /** A browser whose GPU process crashed too often goes on in software; such figures must not count. */
  sameAdapter(backend: BackendName, software: boolean, adapter: string): void {
    const found = this.results.adapters[backend];
    if (found && !found.software && software)
      throw new Error(`it ran on ${adapter}, not on the GPU that was there before`);
  }

  /** Runs `work` with a worker of ours that is gone afterwards. Returns the reason if it failed. */
  async withOurs(
    id: OurId,
    backend: BackendName,
    at: Shape | undefined,
    work: (api: OurApi) => Promise<void>,
  ): Promise<string | null> {
    let host: Host | null = null;
    try {
      host = await this.ours(id, backend, at);
      await Promise.race([work(host.api), host.failed]);
      return null;
    } catch (error) {
      this.say(`${backend} ${id}: ${messageOf(error)}`);
      return messageOf(error);
    } finally {
      host?.kill();
      this.update();
    }
  }

  /** Best rate of square matrix products by plain tfjs; asked again, the best counts. */
  async peak(backend: BackendName): Promise<void> {
    if (this.over(`${backend}: matrix products`)) return;
    this.say(`${backend}: matrix products`);
    await this.withOurs('plain', backend, undefined, async (api) => {
      const peak = await this.answer(api.matmulPeak());
      this.results.peaks[backend] = Math.max(peak ?? 0, this.results.peaks[backend] ?? 0);
    });
  }
}
