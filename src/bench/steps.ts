import type { BackendName } from '../engine/types';
import type { Contender } from './contenders';
import { inTime, messageOf, start, type Host } from './host';
import { checkOf, series, type StepRow } from './results';
import type { Run } from './run';
import type { Twins } from './twins';
import { checkShape, flopsPerStep, type Shape } from './workload';

const DRIFT_LIMIT = 0.05;
/** Between two measurements: whatever the last one left behind (garbage, idle threads) gets out of the way. */
const BREATHER_MS = 100;

interface Entry {
  host: Host;
  row: StepRow;
  /** Milliseconds per step in each round; undefined where it sat out. */
  times: (number | undefined)[];
}

/** Every contender at one size: checked, then timed in turn, round by round. */
export async function measureSteps(
  run: Run,
  twins: Twins,
  backend: BackendName,
  at: Shape,
  software: boolean,
): Promise<void> {
  const { options, results, contenders } = run;
  const slow = software && at.name !== 'overhead';
  const emulatedWebGpu = software && backend === 'webgpu';
  const rounds = emulatedWebGpu && slow ? 2 : slow ? Math.min(5, options.rounds) : options.rounds;
  const entries: Entry[] = [];
  for (const contender of contenders) {
    if (run.over(`${backend} ${at.name}, ${contender.label}`)) continue;
    const row: StepRow = {
      shape: at.name,
      rows: at.rows,
      length: at.length,
      backend,
      contender: contender.id,
      label: contender.label,
      status: 'measured',
    };
    results.steps.push(row);
    const lacks = contender.lacks?.[backend];
    if (lacks) {
      Object.assign(row, { status: 'skipped', why: lacks });
      continue;
    }
    const tooMuch = tooLong(at, software, contender);
    if (tooMuch) {
      Object.assign(row, { status: 'skipped', why: tooMuch });
      continue;
    }
    const small = checkShape(at);
    const expected = await twins.of(contender, backend, small).catch((error: unknown) => error as Error);
    run.say(`${backend} ${at.name}: ${contender.label} starts`);
    const host = start(contender);
    try {
      await inTime(prepare(run, host, contender, row, at, expected), options.timeoutS * 1000);
      entries.push({ host, row, times: [] });
    } catch (error) {
      Object.assign(row, { status: 'failed', why: messageOf(error) });
      run.say(`${backend} ${at.name}: ${contender.label}: ${row.why}`);
      host.kill();
    }
    run.update();
  }
  await timeRounds(run, entries, rounds, at);
  for (const entry of entries)
    if (emulatedWebGpu && slow)
      entry.host.kill(); // counts are those of the small shape; another step would take long
    else await finish(run, entry, at);
  run.update();
}

/** Why a processor, or a GPU that it emulates, is not even asked. */
function tooLong({ name, config }: Shape, software: boolean, { id }: Contender): string | null {
  const ours = id === 'fused';
  if (name === 'medium' && software) return 'a software GPU needs too long for it';
  if (software && config.nEmbd > 64 && !ours) return 'a software GPU needs too long for it';
  return null;
}

/** Opens, takes the first step from cold, and checks the losses. */
async function prepare(
  run: Run,
  { api, failed }: Host,
  contender: Contender,
  row: StepRow,
  at: Shape,
  expected: number[] | Error,
): Promise<void> {
  const call = <T>(work: Promise<T>) => Promise.race([work, failed]);
  const info = await call(api.open(row.backend, contender.variant));
  row.adapter = info.adapter;
  row.software = info.software;
  row.openMs = info.ms;
  run.sameAdapter(row.backend, info.software, info.adapter);
  const { ms } = await call(api.prepare(at));
  row.firstStepMs = ms + (await call(api.block(1))).ms;
  await call(api.prepare(checkShape(at)));
  const losses = await call(api.losses(run.options.checkSteps));
  if (expected instanceof Error) throw expected;
  row.check = checkOf(losses, expected);
  if (!(row.check.drift < DRIFT_LIMIT)) {
    const by = Number.isFinite(row.check.drift)
      ? `${(100 * row.check.drift).toFixed(1)} %`
      : 'no finite number';
    Object.assign(row, { status: 'void', why: `its loss leaves its twin's: ${by}` });
  }
  await call(api.prepare(at));
}

/** One block of steps of every contender per round; slow ones sit later rounds out. */
async function timeRounds(run: Run, entries: readonly Entry[], rounds: number, at: Shape): Promise<void> {
  const { patienceMs } = run.options;
  const block = new Map<Entry, number>();
  for (const entry of entries)
    await guarded(run, entry, async () => {
      const { ms } = await run.answer(entry.host.api.block(1));
      block.set(entry, Math.min(40, Math.max(1, Math.round(120 / ms))));
      if (ms > patienceMs) entry.times.push(ms);
    });
  const patient = (times: readonly (number | undefined)[]) =>
    times.reduce((sum: number, t) => sum + (t ?? 0), 0) < 3 * patienceMs;
  for (let round = 0; round < rounds; round++) {
    run.say(`${entries[0]?.row.backend} ${at.name}: round ${round + 1} of ${rounds}`);
    // every round starts with another one, so that nobody always follows the same neighbour
    const turn = round % entries.length;
    for (const entry of [...entries.slice(turn), ...entries.slice(0, turn)]) {
      if (entry.row.status === 'failed' || entry.times[round] !== undefined) continue;
      if (!patient(entry.times)) continue;
      await new Promise((resolve) => setTimeout(resolve, BREATHER_MS));
      await guarded(run, entry, async () => {
        entry.times[round] = (await run.answer(entry.host.api.block(block.get(entry)!))).ms;
      });
    }
    compare(entries, at); // if a later round never ends, these count
    run.update();
  }
}

async function guarded(run: Run, { host, row }: Entry, work: () => Promise<void>): Promise<void> {
  if (row.status === 'failed') return;
  try {
    await Promise.race([work(), host.failed]);
  } catch (error) {
    Object.assign(row, { status: 'failed', why: messageOf(error) });
    run.say(`${row.backend} ${row.shape}: ${row.label}: ${row.why}`);
    host.kill();
  }
}

/** Enqueue times and counts, then the worker ends. If that fails, the times of its steps count all the same. */
async function finish(run: Run, { host, row }: Entry, at: Shape): Promise<void> {
  if (row.status === 'failed') return;
  run.say(`${row.backend} ${at.name}: counting ${row.label}`);
  const count = async () => {
    row.counts = await run.answer(host.api.count());
    const enqueue: number[] = [];
    const begin = performance.now();
    while (
      enqueue.length < 15 &&
      (enqueue.length < 1 || performance.now() - begin < run.options.patienceMs)
    ) {
      enqueue.push(await run.answer(host.api.enqueue()));
      row.enqueueMs = series(enqueue);
    }
  };
  try {
    await Promise.race([count(), host.failed]);
  } catch (error) {
    row.countsWhy = messageOf(error);
    run.say(`${row.backend} ${at.name}: ${row.label}, counting: ${row.countsWhy}`);
  }
  host.kill();
}

function compare(entries: readonly Entry[], at: Shape): void {
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
