import { describeBackend } from '../engine/adapter';
import type { Contender } from './contenders';
import { measureGrowth } from './growth';
import { stopAll } from './host';
import { measureLongTasks, measureMemory, measureRollouts, measureStages } from './lab';
import type { BenchOptions, Hooks } from './options';
import type { Results } from './results';
import { Run } from './run';
import { measureSteps } from './steps';
import { Twins } from './twins';
import { SHAPES } from './workload';

export { FULL, PARTS, QUICK, type BenchOptions, type Hooks, type Part } from './options';

/** Measures everything that the options ask for, one thing at a time, so that nothing competes for the machine. */
export function measure(
  options: BenchOptions,
  contenders: readonly Contender[],
  hooks: Hooks,
): Promise<Results> {
  const { signal } = hooks;
  if (!signal) return all(options, contenders, hooks);
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
  return Promise.race([all(options, contenders, { ...hooks, progress }), stopped]);
}

async function all(options: BenchOptions, contenders: readonly Contender[], hooks: Hooks): Promise<Results> {
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
  const run = new Run(options, contenders, hooks, results);
  const twins = new Twins(run);
  const asked = (part: BenchOptions['parts'][number]) => options.parts.includes(part);
  const spare = navigator.hardwareConcurrency >= 4; // before anything is timed, rather than in between
  if (asked('twins') || (asked('steps') && spare)) await twins.ahead();
  run.update();
  for (const backend of options.backends) {
    const found = await describeBackend(backend);
    results.adapters[backend] = found;
    if (!found) {
      run.say(`${backend}: not available here`);
      continue;
    }
    const { software } = found;
    run.say(`${backend}: ${found.adapter}${software ? ' (software)' : ''}`);
    const emulatedWebGpu = software && backend === 'webgpu';
    if (asked('growth') || asked('steps')) await run.peak(backend);
    if (asked('steps'))
      for (const name of options.shapes) {
        await measureSteps(run, twins, backend, SHAPES[name], software);
        await run.peak(backend); // again: something else may have used the machine the first time
      }
    const lab = options.shapes.includes('tiny') ? SHAPES.tiny : SHAPES.overhead;
    const reduced = emulatedWebGpu ? SHAPES.overhead : lab;
    if (asked('rollouts')) await measureRollouts(run, backend, reduced, emulatedWebGpu ? 4 : 64);
    if (asked('stages')) await measureStages(run, backend, reduced, software);
    if (asked('longTasks')) await measureLongTasks(run, backend, reduced);
    if (asked('memory')) await measureMemory(run, backend);
    if (asked('growth') && !software) await measureGrowth(run, backend);
  }
  hooks.progress('done');
  return results;
}
