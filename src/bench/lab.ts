import type { BackendName } from '../engine/types';
import { OURS } from './contenders';
import { median, series, type LongTaskRow, type Results } from './results';
import type { OurId, Run } from './run';
import type { LabStage } from './worker-api';
import type { Shape } from './workload';

/** Tokens per second of sampling, with the cache and without. */
export async function measureRollouts(
  run: Run,
  backend: BackendName,
  at: Shape,
  rows: number,
): Promise<void> {
  for (const { id, label } of OURS) {
    if (run.over(`${backend}: rollouts, ${label}`)) continue;
    const row: Results['rollouts'][number] = { shape: at.name, backend, contender: id, label, rows };
    run.results.rollouts.push(row);
    const why = await run.withOurs(id as OurId, backend, at, async (api) => {
      const speeds: Record<'cached' | 'reforward', number[]> = { cached: [], reforward: [] };
      const spent = { cached: 0, reforward: 0 };
      for (let round = -1; round < Math.min(5, run.options.rounds); round++)
        for (const mode of ['cached', 'reforward'] as const) {
          if (round > 0 && spent[mode] > 2 * run.options.patienceMs) continue;
          run.say(`${backend} ${at.name}: rollout, ${label}, ${mode}, round ${round + 1}`);
          const done = (await run.answer(api.rollout(rows, mode === 'reforward')))!;
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

/** A PPO iteration and a DPO step. */
export async function measureStages(
  run: Run,
  backend: BackendName,
  at: Shape,
  software: boolean,
): Promise<void> {
  for (const stage of ['ppo', 'dpo'] as const)
    for (const { id, label } of OURS) {
      if (run.over(`${backend}: ${stage}, ${label}`)) continue;
      const row: Results['stages'][number] = { shape: at.name, backend, contender: id, label, stage };
      run.results.stages.push(row);
      if (software && backend === 'webgpu') {
        row.why = 'a software GPU would need minutes per update';
        continue;
      }
      const slow = software || id === 'plain';
      const updates = Math.min(slow ? 3 : 9, run.options.rounds);
      run.say(`${backend} ${at.name}: ${stage}, ${label}`);
      const why = await run.withOurs(id as OurId, backend, undefined, async (api) => {
        row.update = series((await run.answer(api.stage(stage, at, updates)))!);
      });
      if (why) row.why = why;
    }
}

const STAGES: readonly LabStage[] = ['pretrain', 'sft', 'reward', 'ppo', 'dpo'];

/** Tensors and bytes that are alive along many updates of every stage. */
export async function measureMemory(run: Run, backend: BackendName): Promise<void> {
  for (const stage of STAGES) {
    const updates = run.options.memoryUpdates;
    if (run.over(`${backend}: memory of ${stage}`)) continue;
    const row: Results['memory'][number] = { backend, stage, updates };
    run.results.memory.push(row);
    run.say(`${backend}: memory over ${updates} updates of ${stage}`);
    const why = await run.withOurs('fused', backend, undefined, async (api) => {
      const samples = (await run.answer(api.stageMemory(stage, updates), 8))!;
      const early = samples.find((s) => s.update >= updates / 10);
      const late = samples[samples.length - 1];
      if (early && late) Object.assign(row, { early, late });
      let most = 0;
      for (const s of samples)
        if (s.deviceBytes + s.bytes + s.tensors > most) {
          most = s.deviceBytes + s.bytes + s.tensors;
          row.grewAt = s.update;
        }
    });
    if (why) row.why = why;
  }
}

/** Trains in a worker for some seconds and listens to the page meanwhile. */
export async function measureLongTasks(run: Run, backend: BackendName, at: Shape): Promise<void> {
  const seconds = run.options.rounds > 2 ? 5 : 1;
  if (run.over(`${backend}: the page`)) return;
  run.say(`${backend}: the page while ${at.name} trains`);
  await run.withOurs('fused', backend, at, async (api) => {
    await run.answer(api.block(1));
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
    try {
      while (performance.now() - begin < seconds * 1000) {
        await run.answer(api.block(1));
        steps++;
      }
    } finally {
      running = false;
    }
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
    run.results.longTasks.push(row);
  });
}
