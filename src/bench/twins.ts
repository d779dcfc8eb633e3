import type { BackendName } from '../engine/types';
import type { Contender } from './contenders';
import { inTime, messageOf, start } from './host';
import type { Run } from './run';
import { checkShape, SHAPES, type Shape } from './workload';

const TIMEOUT_MS = 240_000;

/** The losses that contenders are checked against, each computed once. */
export class Twins {
  private readonly losses = new Map<string, Promise<number[]>>();

  constructor(private readonly run: Run) {}

  /** Losses of a contender's twin on the small shape, by default on the cpu backend. */
  of({ twin }: Contender, backend: BackendName, at: Shape): Promise<number[]> {
    const on = twin.on?.[backend] ?? 'cpu';
    const key = `${twin.id} ${on} ${at.name}`;
    let losses = this.losses.get(key);
    if (!losses) {
      const known = this.run.options.expected?.[key];
      if (known && known.length === this.run.options.checkSteps) return Promise.resolve(known);
      this.run.say(`${twin.id} on ${on}, ${at.name}: the losses to expect`);
      losses = this.compute(twin, on, at).then((found) => {
        if (on === 'cpu') (this.run.results.expected ??= {})[key] = found;
        return found;
      });
      losses.catch(() => undefined); // whoever asks for them hears of it
      this.losses.set(key, losses);
    }
    return losses;
  }

  private async compute(twin: Contender['twin'], on: BackendName, at: Shape): Promise<number[]> {
    const { api, kill, failed } = start(twin);
    try {
      const ms = on === 'cpu' ? TIMEOUT_MS : this.run.options.timeoutS * 1000;
      const call = <T>(work: Promise<T>) => inTime(Promise.race([work, failed]), ms);
      await call(api.open(on, twin.variant));
      await call(api.prepare(at));
      return await call(api.losses(this.run.options.checkSteps));
    } catch (error) {
      throw new Error(`its twin on ${on} failed: ${messageOf(error)}`, { cause: error });
    } finally {
      kill();
    }
  }

  /** Everything that runs on the cpu, as many at once as there are cores to spare. */
  async ahead(): Promise<void> {
    const { backends, shapes } = this.run.options;
    const workers = Math.max(1, Math.min(8, Math.floor(navigator.hardwareConcurrency / 2)));
    const gpu = backends.filter((b) => b !== 'wasm');
    const waiting = this.run.contenders.flatMap((c) =>
      gpu.length && !c.lacks?.[gpu[0]!] && !c.twin.on?.[gpu[0]!]
        ? shapes.map((name) => () => this.of(c, gpu[0]!, checkShape(SHAPES[name])).catch(() => undefined))
        : [],
    );
    const work = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) await next();
    };
    await Promise.all(Array.from({ length: workers }, work));
  }
}
