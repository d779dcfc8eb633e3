import * as Comlink from 'comlink';
import { describeBackend } from '../engine/adapter';
import type { BackendName } from '../engine/types';
import { MODEL_SIZES } from '../model/config';
import { OURS, type Contender } from './contenders';
import {
  checkOf,
  median,
  series,
  type GrowthPoint,
  type LongTaskRow,
  type Results,
  type StepRow,
} from './results';
import type { BenchWorker, LabStage } from './worker-api';
import { checkShape, flopsPerStep, shape, SHAPES, type Shape, type ShapeName } from './workload';

export type Part = 'steps' | 'rollouts' | 'stages' | 'memory' | 'longTasks' | 'growth';
export const PARTS: readonly Part[] = ['steps', 'rollouts', 'stages', 'memory', 'longTasks', 'growth'];

export interface BenchOptions {
  backends: readonly BackendName[];
  shapes: readonly ShapeName[];
  parts: readonly Part[];
  /** Rounds in which every contender is timed once. */
  rounds: number;
  /** Steps in which losses are compared with the twin's. */
  checkSteps: number;
  /** Updates of every stage over which memory must not grow. */
  memoryUpdates: number;
  /** A step slower than this is timed only once or twice. */
  patienceMs: number;
}

export const FULL: BenchOptions = {
  backends: ['wasm', 'webgl', 'webgpu'],
  shapes: ['overhead', 'nano', 'tiny', 'small'],
  parts: PARTS,
  rounds: 9,
  checkSteps: 50,
  memoryUpdates: 2000,
  patienceMs: 8000,
};

export const QUICK: BenchOptions = {
  ...FULL,
  shapes: ['overhead'],
  rounds: 2,
  checkSteps: 5,
  memoryUpdates: 20,
};

const DRIFT_LIMIT = 0.05;
const TIMEOUT_MS = 240_000;
/** Between two measurements: whatever the last one left behind (garbage, idle threads) gets out of the way. */
const BREATHER_MS = 100;

export interface Hooks {
  progress(message: string): void;
  /** Called whenever something was added to the results. */
  update?(results: Results): void;
  /** Stops between two measurements and closes every worker. */
  signal?: AbortSignal;
}

/** An opened worker. After `kill` nothing answers any more. */
interface Handle {
  contender: Contender;
  api: Comlink.Remote<BenchWorker>;
  kill(): void;
}

const messageOf = (error: unknown): string => {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n')[0]!.slice(0, 200);
};

function inTime<T>(work: Promise<T>, ms = TIMEOUT_MS): Promise<T> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms / 1000} s`)), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Every worker that is running, so that stopping ends them all. */
const open = new Set<Worker>();

function stopAll(): void {
  for (const worker of open) worker.terminate();
  open.clear();
}

function start(contender: Pick<Contender, 'spawn'>): Omit<Handle, 'contender'> & { failed: Promise<never> } {
  const worker = contender.spawn();
  open.add(worker);
  const failed = new Promise<never>((_, reject) => {
    worker.addEventListener('error', (event) =>
      reject(new Error(event.message || 'its worker failed to start')),
    );
  });
  failed.catch(() => undefined);
  const kill = () => {
    worker.terminate();
    open.delete(worker);
  };
  return { api: Comlink.wrap<BenchWorker>(worker), kill, failed };
}

/** Measures everything that the options ask for, one thing at a time, so that nothing competes for the machine. */
export function measure(
  options: BenchOptions,
  contenders: readonly Contender[],
  hooks: Hooks,
): Promise<Results> {
  const { signal } = hooks;
  if (!signal) return run(options, contenders, hooks);
  const stopped = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => {
      stopAll();
      reject(signal.reason as Error);
    });
  });
  const progress = (message: string) => {
    if (signal.aborted) throw signal.reason;
    hooks.progress(message);
  };
  return Promise.race([run(options, contenders, { ...hooks, progress }), stopped]);
}

async function run(options: BenchOptions, contenders: readonly Contender[], hooks: Hooks): Promise<Results> {
  const results: Results = {
    userAgent: navigator.userAgent,
    threads: navigator.hardwareConcurrency,
    isolated: globalThis.crossOriginIsolated,
    adapters: {},
    peaks: {},
    steps: [],
    rollouts: [],
    stages: [],
    memory: [],
    longTasks: [],
    growth: [],
  };
  const bench = new Bench(options, contenders, hooks, results);
  for (const backend of options.backends) {
    const found = await describeBackend(backend);
    results.adapters[backend] = found;
    if (!found) {
      hooks.progress(`${backend}: not available here`);
      continue;
    }
    hooks.progress(`${backend}: ${found.adapter}${found.software ? ' (software)' : ''}`);
    const emulatedWebGpu = found.software && backend === 'webgpu';
    if (options.parts.includes('growth') || options.parts.includes('steps')) await bench.peak(backend);
    if (options.parts.includes('steps'))
      for (const name of options.shapes) {
        await bench.steps(backend, SHAPES[name], found.software);
        await bench.peak(backend); // again: something else may have used the machine the first time
      }
    const lab = options.shapes.includes('tiny') ? SHAPES.tiny : SHAPES.overhead;
    const reduced = emulatedWebGpu ? SHAPES.overhead : lab;
    if (options.parts.includes('rollouts')) await bench.rollouts(backend, reduced, emulatedWebGpu ? 4 : 64);
    if (options.parts.includes('stages')) await bench.stages(backend, reduced, found.software);
    if (options.parts.includes('longTasks')) await bench.longTasks(backend, reduced);
    if (options.parts.includes('memory')) await bench.memory(backend);
    if (options.parts.includes('growth') && !found.software) await bench.growth(backend);
  }
  hooks.progress('done');
  return results;
}

class Bench {
  private readonly twins = new Map<string, Promise<number[]>>();

  constructor(
    private readonly options: BenchOptions,
    private readonly contenders: readonly Contender[],
    private readonly hooks: Hooks,
    private readonly results: Results,
  ) {}

  /** Every contender at one size: checked, then timed in turn, round by round. */
  async steps(backend: BackendName, at: Shape, software: boolean): Promise<void> {
    const slow = software && at.name !== 'overhead';
    const emulatedWebGpu = software && backend === 'webgpu';
    const rounds = emulatedWebGpu && slow ? 2 : slow ? Math.min(5, this.options.rounds) : this.options.rounds;
    const entries: { handle: Handle; row: StepRow; times: (number | undefined)[] }[] = [];
    for (const contender of this.contenders) {
      const row: StepRow = {
        shape: at.name,
        rows: at.rows,
        length: at.length,
        backend,
        contender: contender.id,
        label: contender.label,
        status: 'measured',
      };
      this.results.steps.push(row);
      const lacks = contender.lacks?.[backend];
      if (lacks) {
        Object.assign(row, { status: 'skipped', why: lacks });
        continue;
      }
      if (software && at.name === 'small' && contender.id !== 'fused') {
        Object.assign(row, { status: 'skipped', why: 'a software GPU needs too long for it' });
        continue;
      }
      this.hooks.progress(`${backend} ${at.name}: ${contender.label} starts`);
      const { api, kill, failed } = start(contender);
      try {
        await this.prepare(contender, api, failed, row, backend, at);
        entries.push({ handle: { contender, api, kill }, row, times: [] });
      } catch (error) {
        Object.assign(row, { status: 'failed', why: messageOf(error) });
        this.hooks.progress(`${backend} ${at.name}: ${contender.label}: ${row.why}`);
        kill();
      }
    }
    await this.rounds(entries, rounds, `${backend} ${at.name}`);
    for (const { handle, row } of entries)
      if (emulatedWebGpu && slow)
        handle.kill(); // counts are those of the small shape; another step would take long
      else await this.finish(handle, row, at);
    this.compare(entries, at);
    this.hooks.update?.(this.results);
  }

  /** Opens, takes the first step from cold, and checks the losses. */
  private async prepare(
    contender: Contender,
    api: Comlink.Remote<BenchWorker>,
    failed: Promise<never>,
    row: StepRow,
    backend: BackendName,
    at: Shape,
  ): Promise<void> {
    const call = <T>(work: Promise<T>) => inTime(Promise.race([work, failed]));
    const info = await call(api.open(backend, contender.variant));
    row.adapter = info.adapter;
    row.software = info.software;
    row.openMs = info.ms;
    const { ms } = await call(api.prepare(at));
    row.firstStepMs = ms + (await call(api.block(1))).ms;
    const small = checkShape(at);
    await call(api.prepare(small));
    const losses = await call(api.losses(this.options.checkSteps));
    row.check = checkOf(losses, await this.twinLosses(contender, backend, small));
    if (!(row.check.drift < DRIFT_LIMIT)) {
      const by = Number.isFinite(row.check.drift)
        ? `${(100 * row.check.drift).toFixed(1)} %`
        : 'no finite number';
      Object.assign(row, { status: 'void', why: `its loss leaves its twin's: ${by}` });
    }
    await call(api.prepare(at));
  }

  /** Losses of a contender's twin, by default on the cpu backend; once per twin and shape. */
  private twinLosses({ twin }: Contender, backend: BackendName, at: Shape): Promise<number[]> {
    const on = twin.on?.[backend] ?? 'cpu';
    const key = `${twin.id} ${on} ${at.name}`;
    let losses = this.twins.get(key);
    if (!losses) {
      losses = (async () => {
        this.hooks.progress(`${twin.id} on ${on}, ${at.name}: the losses to expect`);
        const { api, kill, failed } = start(twin);
        try {
          const call = <T>(work: Promise<T>) => inTime(Promise.race([work, failed]));
          await call(api.open(on, twin.variant));
          await call(api.prepare(at));
          return await call(api.losses(this.options.checkSteps));
        } finally {
          kill();
        }
      })();
      this.twins.set(key, losses);
    }
    return losses;
  }

  /** One block of steps of every contender per round; slow ones sit later rounds out. */
  private async rounds(
    entries: { handle: Handle; row: StepRow; times: (number | undefined)[] }[],
    rounds: number,
    where: string,
  ): Promise<void> {
    const block = new Map<object, number>();
    for (const entry of entries)
      await this.guarded(entry, async () => {
        const { ms } = await inTime(entry.handle.api.block(1));
        block.set(entry, Math.min(40, Math.max(1, Math.round(120 / ms))));
        if (ms > this.options.patienceMs) entry.times.push(ms);
      });
    const patient = (times: (number | undefined)[]) => {
      const known = times.filter((t) => t !== undefined);
      return known.reduce((a, b) => a + b, 0) < 3 * this.options.patienceMs;
    };
    for (let round = 0; round < rounds; round++) {
      this.hooks.progress(`${where}: round ${round + 1} of ${rounds}`);
      // every round starts with another one, so that nobody always follows the same neighbour
      const turn = round % entries.length;
      for (const entry of [...entries.slice(turn), ...entries.slice(0, turn)]) {
        if (entry.row.status === 'failed' || (entry.times.length > round && round > 0)) continue;
        if (entry.times[round] !== undefined) continue;
        if (!patient(entry.times)) continue;
        await new Promise((resolve) => setTimeout(resolve, BREATHER_MS));
        await this.guarded(entry, async () => {
          entry.times[round] = (await inTime(entry.handle.api.block(block.get(entry)!))).ms;
        });
      }
    }
  }

  private async guarded(entry: { handle: Handle; row: StepRow }, work: () => Promise<void>): Promise<void> {
    if (entry.row.status === 'failed') return;
    try {
      await work();
    } catch (error) {
      Object.assign(entry.row, { status: 'failed', why: messageOf(error) });
      entry.handle.kill();
    }
  }

  /** Enqueue times and counts, then the worker ends. */
  private async finish(handle: Handle, row: StepRow, at: Shape): Promise<void> {
    this.hooks.progress(`${row.backend} ${at.name}: counting ${row.label}`);
    await this.guarded({ handle, row }, async () => {
      row.counts = await inTime(handle.api.count());
      const enqueue: number[] = [];
      const begin = performance.now();
      while (
        enqueue.length < 15 &&
        (enqueue.length < 1 || performance.now() - begin < this.options.patienceMs)
      )
        enqueue.push(await inTime(handle.api.enqueue()));
      row.enqueueMs = series(enqueue);
    });
    handle.kill();
  }

  private compare(entries: { row: StepRow; times: (number | undefined)[] }[], at: Shape): void {
    const ours = entries.find((e) => e.row.contender === 'fused' && e.row.status === 'measured');
    for (const { row, times } of entries) {
      const known = times.filter((t) => t !== undefined);
      if (row.status === 'failed' || known.length === 0) continue;
      row.step = series(known);
      row.tokensPerSecond = (at.rows * at.length * 1000) / row.step.median;
      row.gflops = flopsPerStep(at) / row.step.median / 1e6;
      if (ours && row !== ours.row) {
        const pairs = times.flatMap((t, i) => (t !== undefined && ours.times[i] ? [t / ours.times[i]] : []));
        if (pairs.length) row.ratio = series(pairs);
      }
    }
  }

  /** A worker of ours with a model in it. */
  private async ours(id: 'fused' | 'plain', backend: BackendName, at?: Shape): Promise<Handle> {
    const contender = OURS.find((c) => c.id === id)!;
    const { api, kill, failed } = start(contender);
    try {
      await inTime(Promise.race([api.open(backend, contender.variant), failed]));
      if (at) await inTime(Promise.race([api.prepare(at), failed]));
      return { contender, api, kill };
    } catch (error) {
      kill();
      throw error;
    }
  }

  /** Runs `work` with a worker of ours that is gone afterwards. Returns the reason if it failed. */
  private async withOurs(
    id: 'fused' | 'plain',
    backend: BackendName,
    at: Shape | undefined,
    work: (api: Comlink.Remote<BenchWorker>) => Promise<void>,
  ): Promise<string | null> {
    let handle: Handle | null = null;
    try {
      handle = await this.ours(id, backend, at);
      await work(handle.api);
      return null;
    } catch (error) {
      this.hooks.progress(`${backend} ${id}: ${messageOf(error)}`);
      return messageOf(error);
    } finally {
      handle?.kill();
      this.hooks.update?.(this.results);
    }
  }

  async peak(backend: BackendName): Promise<void> {
    this.hooks.progress(`${backend}: matrix products`);
    await this.withOurs('plain', backend, undefined, async (api) => {
      const peak = await inTime(api.matmulPeak());
      this.results.peaks[backend] = Math.max(peak ?? 0, this.results.peaks[backend] ?? 0);
    });
  }

  async rollouts(backend: BackendName, at: Shape, rows: number): Promise<void> {
    for (const { id, label } of OURS) {
      const row: Results['rollouts'][number] = { shape: at.name, backend, contender: id, label, rows };
      this.results.rollouts.push(row);
      const why = await this.withOurs(id as 'fused' | 'plain', backend, at, async (api) => {
        const speeds: Record<'cached' | 'reforward', number[]> = { cached: [], reforward: [] };
        const spent = { cached: 0, reforward: 0 };
        for (let round = -1; round < Math.min(5, this.options.rounds); round++)
          for (const mode of ['cached', 'reforward'] as const) {
            if (round > 0 && spent[mode] > 2 * this.options.patienceMs) continue;
            this.hooks.progress(`${backend} ${at.name}: rollout, ${label}, ${mode}, round ${round + 1}`);
            const done = (await inTime(api.rollout(rows, mode === 'reforward')))!;
            if (round < 0) continue; // warms up and compiles
            spent[mode] += done.ms;
            speeds[mode].push((done.tokens / done.ms) * 1000);
            row[`${mode}Readbacks`] = done.readbacks;
          }
        row.cached = series(speeds.cached);
        row.reforward = series(speeds.reforward);
      });
      if (why) row.why = why;
    }
  }

  async stages(backend: BackendName, at: Shape, software: boolean): Promise<void> {
    for (const stage of ['ppo', 'dpo'] as const)
      for (const { id, label } of OURS) {
        const row: Results['stages'][number] = { shape: at.name, backend, contender: id, label, stage };
        this.results.stages.push(row);
        if (software && backend === 'webgpu') {
          row.why = 'not measured: a software GPU would need minutes per update';
          continue;
        }
        const slow = software || id === 'plain';
        const updates = Math.min(slow ? 3 : 9, this.options.rounds);
        this.hooks.progress(`${backend} ${at.name}: ${stage}, ${label}`);
        const why = await this.withOurs(id as 'fused' | 'plain', backend, undefined, async (api) => {
          row.update = series((await inTime(api.stage(stage, at, updates)))!);
        });
        if (why) row.why = why;
      }
  }

  async memory(backend: BackendName): Promise<void> {
    const stages: LabStage[] = ['pretrain', 'sft', 'reward', 'ppo', 'dpo'];
    for (const stage of stages) {
      const updates = this.options.memoryUpdates;
      const row: Results['memory'][number] = { backend, stage, updates };
      this.results.memory.push(row);
      this.hooks.progress(`${backend}: memory over ${updates} updates of ${stage}`);
      const why = await this.withOurs('fused', backend, undefined, async (api) => {
        const samples = (await inTime(api.stageMemory(stage, updates), 4 * TIMEOUT_MS))!;
        const early = samples.find((s) => s.update >= updates / 10);
        const late = samples[samples.length - 1];
        if (early && late) Object.assign(row, { early, late });
      });
      if (why) row.why = why;
    }
  }

  /** Trains in a worker for some seconds and listens to the page meanwhile. */
  async longTasks(backend: BackendName, at: Shape): Promise<void> {
    const seconds = this.options.rounds > 2 ? 5 : 1;
    this.hooks.progress(`${backend}: the page while ${at.name} trains`);
    await this.withOurs('fused', backend, at, async (api) => {
      await inTime(api.block(1));
      const tasks: number[] = [];
      const observer = new PerformanceObserver((list) =>
        tasks.push(...list.getEntries().map((e) => e.duration)),
      );
      observer.observe({ type: 'longtask' });
      const frames: number[] = [];
      let running = true;
      let previous = performance.now();
      const frame = (now: number) => {
        frames.push(now - previous);
        previous = now;
        if (running) requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
      const begin = performance.now();
      let steps = 0;
      while (performance.now() - begin < seconds * 1000) {
        await inTime(api.block(1));
        steps++;
      }
      running = false;
      await new Promise((resolve) => setTimeout(resolve, 100));
      observer.disconnect();
      const row: LongTaskRow = {
        backend,
        seconds: (performance.now() - begin) / 1000,
        steps,
        longTasks: tasks.length,
        longestMs: Math.max(0, ...tasks),
        medianFrameMs: frames.length > 1 ? median(frames.slice(1)) : 0,
        worstFrameMs: Math.max(0, ...frames.slice(1)),
      };
      this.results.longTasks.push(row);
    });
  }

  /** Step time against one dimension at a time, ours and plain tfjs in turn; then several arms at once. */
  async growth(backend: BackendName): Promise<void> {
    const base = { ...MODEL_SIZES.tiny, nPositions: 128 };
    const at = (rows: number, length: number, size: Partial<typeof base> = {}) =>
      shape('growth', { ...base, ...size }, rows, length);
    const axes: [GrowthPoint['axis'], number[], (value: number) => Shape][] = [
      ['batch', [8, 16, 32, 64, 128], (n) => at(n, 48)],
      ['context', [16, 32, 64, 128], (n) => at(64, n)],
      ['width', [32, 64, 128, 256], (n) => at(64, 48, { nEmbd: n })],
      ['depth', [1, 2, 4, 8], (n) => at(64, 48, { nLayer: n })],
    ];
    const quick = this.options.rounds <= 2;
    for (const [axis, values, shapeOf] of axes)
      for (const value of quick ? values.slice(0, 2) : values) {
        const of = shapeOf(value);
        this.hooks.progress(`${backend}: ${axis} ${value}`);
        for (const contender of ['fused', 'plain'] as const)
          await this.withOurs(contender, backend, of, async (api) => {
            const ms = await this.medianStep([api]);
            this.results.growth.push({
              backend,
              contender,
              axis,
              value,
              ms,
              gflops: flopsPerStep(of) / ms / 1e6,
            });
          });
      }
    for (const arms of quick ? [1, 2] : [1, 2, 3, 4]) {
      this.hooks.progress(`${backend}: ${arms} arms at once`);
      const of = at(64, 48);
      const handles: Handle[] = [];
      try {
        for (let i = 0; i < arms; i++) handles.push(await this.ours('fused', backend, of));
        const ms = await this.medianStep(handles.map((h) => h.api));
        const gflops = (arms * flopsPerStep(of)) / ms / 1e6;
        this.results.growth.push({ backend, contender: 'fused', axis: 'arms', value: arms, ms, gflops });
      } finally {
        for (const h of handles) h.kill();
      }
    }
    this.hooks.update?.(this.results);
  }

  /** Median time of a step when all of these train at the same time. */
  private async medianStep(apis: readonly Comlink.Remote<BenchWorker>[]): Promise<number> {
    const all = (steps: number) => Promise.all(apis.map((api) => inTime(api.block(steps))));
    await all(1);
    const probe = await all(1);
    const block = Math.min(20, Math.max(1, Math.round(100 / probe[0]!.ms)));
    const times: number[] = [];
    const begin = performance.now();
    while (
      times.length < this.options.rounds &&
      (times.length < 2 || performance.now() - begin < this.options.patienceMs)
    )
      times.push(median((await all(block)).map((t) => t.ms)));
    return median(times);
  }
}
