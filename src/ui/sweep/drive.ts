import { configProblems } from '../../pipeline/lab/config';
import { queueOf, secondsLeft, stagesLeft, type Pace } from '../../pipeline/lab/queue';
import { configOf, graphsOf, runsOf, type Sweep, type SweepGraphs } from '../../pipeline/lab/sweep';
import { entriesOf } from '../../storage/runs';
import { usualSlots } from '../../worker/pool';
import { setCursor } from '../store/useCursor';
import { keeper, useKept } from '../store/keep';
import { actions, useLab } from '../store/useLab';
import { useSweep, type SweepResult, type SweepState } from '../store/useSweep';
import { setView } from '../store/useView';
import { guesses, msPerStep } from './guess';

/** How the sweep is kept: what has come of its runs is kept with them. */
const KIND = 'sweep';
const ID = 'latest';

interface Kept {
  sweep: Sweep;
  skipped: string[];
}

/** Results that are there, the trunk's too, by key. */
const made = new Set<string>();
/** How long stages have taken in this visit, by key. */
const paces = new Map<string, Pace>();
/** Counts who drives: one that is taken over leaves off. */
let turn = 0;
/** A run that was skipped is wanted after all. */
let again = false;

const state = (): SweepState => useSweep.getState();

/** Keeps what has to be known to go on after a reload. */
async function remember(): Promise<void> {
  const { sweep, skipped } = state();
  const kept = await keeper();
  const value: Kept | undefined = sweep ? { sweep, skipped: [...skipped] } : undefined;
  await (value ? kept?.own.put(KIND, ID, value) : kept?.own.delete(KIND, ID));
}

function show(sweep: Sweep | null, known: Partial<SweepState> = {}): void {
  const graphs = sweep ? graphsOf(sweep) : [];
  useSweep.setState({
    sweep,
    graphs,
    runs: sweep ? runsOf(sweep, graphs) : [],
    state: 'stopped',
    results: {},
    failed: new Set(),
    skipped: new Set(),
    running: new Map(),
    ...known,
  });
}

/** Begins a sweep; another one that has not ended is forgotten, its results are not. */
export async function begin(sweep: Sweep): Promise<void> {
  show(sweep);
  setView({ tab: 'sweep', sweeping: null });
  await drive(true);
}

/** Goes on with what is left, and tries again what failed. */
export async function goOn(): Promise<void> {
  useSweep.setState({ failed: new Set() });
  await drive(false);
}

/** Stops at the last checkpoints; `goOn` goes on from there. */
export function stop(): void {
  turn++;
  useSweep.setState({ state: 'stopped' });
  actions.leaveOut();
}

export function forget(): void {
  turn++;
  show(null);
  setView({ tab: 'compare' });
  void remember();
}

/** The sweep that was there at the last visit, with what has come of it. */
export async function restore(): Promise<void> {
  const kept = await keeper();
  const { sweep, skipped = [] } = (await kept?.own.get(KIND, ID, (value) => value as Partial<Kept>)) ?? {};
  if (!sweep || state().sweep || configProblems(sweep.config).length > 0) return;
  const keys = graphsOf(sweep).flatMap(({ graph }) => graph.map(({ key }) => key));
  const entries = (await kept!.read((db) => entriesOf(db, keys))) ?? [];
  if (state().sweep) return;
  const results: Record<string, SweepResult> = {};
  for (const { key, kind, summary } of entries)
    if (kind === 'result') {
      made.add(key);
      results[key] = { summary: summary ?? {} };
    }
  show(sweep, { results, skipped: new Set(skipped) });
  if (queued().every(({ status }) => status === 'done' || status === 'skipped'))
    useSweep.setState({ state: 'done' });
}

/** Seed by seed; leaves off where a seed ends without its runs: it was reset, or other settings were run. */
async function drive(begins: boolean): Promise<void> {
  const mine = ++turn;
  const { sweep } = state();
  if (!sweep) return;
  useSweep.setState({ state: 'running' });
  void remember();
  const isMine = () => mine === turn;
  try {
    for (const seed of sweep.seeds) {
      do {
        again = false;
        const left = armsLeft(seed);
        if (left.length === 0) break;
        await actions.runArms(configOf(sweep, seed), left, begins);
        begins = false;
        if (!isMine()) return;
        collect();
        if (!again && armsLeft(seed).length > 0) return;
      } while (again);
      letGoOfOthers();
    }
    useSweep.setState({ state: 'done' });
  } catch {
    // what could not be loaded is said on the page
  } finally {
    if (isMine() && state().state === 'running') useSweep.setState({ state: 'stopped' });
  }
}

/** Results that are kept need not be in memory, too. */
function letGoOfOthers(): void {
  const { status, problem } = useKept.getState();
  if (status !== 'ready' || problem) return;
  actions.letGo(state().graphs.flatMap(({ graph }) => graph.map(({ key }) => key)));
}

/** The runs in their order, with their places. */
export function queued(of: SweepState = state()) {
  const { runs, results, failed, skipped, running } = of;
  return queueOf(runs, { done: { has: (key) => key in results }, failed, skipped, running });
}

const armsLeft = (seed: number): string[] =>
  queued().flatMap((run) =>
    run.seed === seed && (run.status === 'waiting' || run.status === 'running') ? [run.arm] : [],
  );

/** Takes runs out of the queue, or (`isSkipped` false) back into it. */
export function skip(keys: readonly string[], isSkipped = true): void {
  const { skipped, runs, state: now } = state();
  const after = new Set(skipped);
  for (const key of keys) if (isSkipped) after.add(key);
    else after.delete(key); // prettier-ignore
  useSweep.setState({ skipped: after, ...(now === 'done' && !isSkipped ? { state: 'stopped' } : {}) });
  void remember();
  const { seed } = useLab.getState().config;
  const here = runs.filter((run) => run.seed === seed && keys.includes(run.key)).map(({ arm }) => arm);
  if (now !== 'running' || here.length === 0) return;
  if (!isSkipped) again = true;
  else if (armsLeft(seed).length === 0) actions.leaveOut();
  else actions.leaveOut(here);
}

/** Shows the curves of one run, and the others faintly. Another seed than the one that is open only while nothing runs. */
export function singleOut(arm: string, seed: number): void {
  const { sweep } = state();
  if (!sweep) return;
  actions.show(configOf(sweep, seed), arm);
  setCursor({ held: arm, others: 'faded' });
  setView({ tab: 'compare' });
}

/** Reads from the lab what has come of runs. */
function collect(): void {
  const { runs, results, failed, running, sweep } = state();
  const mine = new Set(runs.map(({ key }) => key));
  const found: Record<string, SweepResult> = {};
  const gone = new Set<string>();
  const shares = new Map<string, number>();
  for (const { node, run, status } of actions.nodes()) {
    if (run?.key !== node.key) continue;
    const isActive = status === 'running' || status === 'paused';
    const last = run.events.at(-1);
    const share = run.result ? 1 : last ? last.update / last.updates : 0;
    if (run.result) made.add(node.key);
    if (run.source === 'live' && run.seconds > 0 && share > 0.1)
      paces.set(node.key, { ...node, seconds: run.seconds / share });
    if (isActive) shares.set(node.key, share);
    if (!mine.has(node.key)) continue;
    if (run.result && !(node.key in results)) found[node.key] = { summary: run.result.summary };
    if (run.failure && !isActive && !failed.has(node.key)) gone.add(node.key);
  }
  if (!sweep) return;
  const isSame =
    shares.size === running.size && [...shares].every(([key, share]) => running.get(key) === share);
  if (isSame && gone.size === 0 && Object.keys(found).length === 0) return;
  useSweep.setState({
    results: { ...results, ...found },
    failed: new Set([...failed, ...gone]),
    running: isSame ? running : shares,
  });
}

useLab.subscribe((now, before) => {
  if (now.stages !== before.stages) collect();
});
collect();

/** Seconds until a sweep is done, and whether every stage that is left has been seen here. Undefined where nothing is known. */
export function timeLeft(
  { config }: Sweep,
  graphs: SweepGraphs,
  queue: ReturnType<typeof queued>,
): { seconds: number; isSeen: boolean } | undefined {
  const arms = new Set(queue.map(({ arm }) => arm));
  const nodes = stagesLeft(graphs, queue, (key) => made.has(key));
  const left = (seen: readonly Pace[]) =>
    secondsLeft({
      nodes,
      isArm: (id) => arms.has(id),
      seen,
      slots: usualSlots(),
      share: (key) => state().running.get(key),
    });
  const seen = [...paces.values()];
  const seconds = left(seen);
  if (seconds !== undefined) return { seconds, isSeen: true };
  const { engine } = useLab.getState();
  const ms = engine.status === 'ready' ? msPerStep(engine.report) : undefined;
  if (ms === undefined) return undefined;
  const unseen = nodes.filter(({ stage, size }) => !seen.some((p) => p.stage === stage && p.size === size));
  const guessed = left([...seen, ...guesses(unseen, config.evaluation, ms)]);
  return guessed === undefined ? undefined : { seconds: guessed, isSeen: false };
}
