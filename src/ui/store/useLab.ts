import { create } from 'zustand';
import { configProblems, defaultLabConfig, type ArmConfig, type LabConfig } from '../../pipeline/lab/config';
import {
  withOwnLabels,
  withArm,
  withArmName,
  withDefaults,
  withoutArm,
  withSeed,
  withSetting,
} from '../../pipeline/lab/edit';
import type { NodeRun } from '../../pipeline/lab/lab';
import type { ArmStage } from '../../pipeline/stages';
import { messageOf } from '../../messages';
import { demoByName, loadLessons, withNamesIn, type DemoEntry } from '../lessons/demos';
import { i18n, language } from '../i18n';
import { Player } from '../recorded/player';
import { loadRecording } from '../recorded/recordings';
import { armStyles } from './arms';
import { armSeries, keepUnchanged } from './compare';
import type { StoredRun } from '../../storage/schema';
import { afterInput } from './input-pending';
import { noteRun } from './keep';
import { remember, type UndoStep } from './undo';
import { setView } from './useView';
import { Session, type BackendChoice } from './session';
import { SnapshotCache, type StageModel } from './snapshot';
import { replayState, unloadedState, type LabState } from './lab-state';
import { configFrom, searchOf } from './url';

/** Shortest time between two published snapshots, milliseconds: about 8 per second. */
const PUBLISH_INTERVAL = 125;

const fromLink = configFrom(window.location.search);
if (fromLink.demo) {
  showBest(fromLink.demo);
  fromLink.config = withNamesIn(fromLink.config, fromLink.demo, language());
}

/** Opens the view that the demo's figures are best seen in. */
function showBest({ chart }: DemoEntry): void {
  setView({
    side: 'lesson',
    tab: chart && chart.kind !== 'curve' ? 'results' : 'compare',
    klAxis: chart?.x === 'sqrtKl' ? 'log' : 'kl', // paths of very different length
    enlarged: null,
    seeds: 'auto',
  });
}

const session = new Session(fromLink.config, (message) =>
  useLab.setState({ engine: { status: 'failed', message } }),
);
const cache = new SnapshotCache();

/** State of the page that comes from the lab; changed only by the functions below. */
export const useLab = create<LabState>(() => ({
  config: fromLink.config,
  problems: configProblems(fromLink.config),
  linkProblems: fromLink.problems,
  state: 'idle',
  stages: readStages(),
  series: [],
  engine: { status: 'starting' },
  backend: 'auto',
  tokensPerSecond: null,
  styles: armStyles(fromLink.config.arms),
  loaded: false,
  unloaded: [],
  selected: fromLink.config.arms[0]!.id,
  demo: fromLink.demo?.name ?? null,
  replay: null,
}));

/** The stage with this id, or undefined when its arm was removed. */
export const useStage = (id: string): StageModel | undefined =>
  useLab((s) => s.stages.find((m) => m.id === id));

function readStages(): StageModel[] {
  const { shown } = session;
  return cache.read(shown.nodes(), { state: shown.state, config: shown.config });
}

let timer: ReturnType<typeof setTimeout> | undefined;
let published = 0;

function publish(): void {
  if (timer !== undefined) return;
  const wait = Math.max(0, published + PUBLISH_INTERVAL - performance.now());
  timer = setTimeout(() => afterInput(publishNow), wait);
}

function publishNow(): void {
  timer = undefined;
  published = performance.now();
  const before = useLab.getState();
  const stages = readStages();
  const isUnchanged =
    stages.length === before.stages.length && stages.every((s, i) => s === before.stages[i]);
  const speed = stages
    .filter((s) => s.status === 'running')
    .reduce((sum, s) => sum + (s.tokensPerSecond ?? 0), 0);
  useLab.setState({
    state: session.shown.state,
    replay: replayState(session.player, before.replay),
    unloaded: unloadedState(session.lab.unloaded, before.unloaded),
    stages: isUnchanged ? before.stages : stages,
    series: isUnchanged ? before.series : keepUnchanged(before.series, armSeries(stages, before.styles)),
    ...(speed > 0 ? { tokensPerSecond: speed } : {}),
  });
}

session.lab.subscribe(publish);

/** Back to what the lab itself has. */
function leaveReplay(): void {
  if (!session.player) return;
  session.stopPlayer();
  configure(config());
}

let loading: ReturnType<typeof setTimeout> | undefined;

interface Opening {
  selected?: string;
  /** Another demo, or none; left out, the same as before. */
  demo?: DemoEntry | null;
  /** Nothing but names has changed. */
  renamed?: boolean;
  /** What was done: the browser's Back undoes it. The same thing again is one step; left out: no step. */
  step?: string;
  /** The address is already that of this configuration. */
  fromAddress?: boolean;
}

function configure(config: LabConfig, opening: Opening = {}): void {
  const { selected, demo, renamed = false, step, fromAddress = false } = opening;
  if (!renamed) session.stopPlayer(); // whoever changes something is back in the lab
  const before = useLab.getState();
  const wanted = selected ?? before.selected;
  const problems = configProblems(config);
  session.lab.configure(config);
  const stages = readStages();

  const styles = armStyles(config.arms, demo === undefined ? before.styles : {});
  useLab.setState({
    config,
    problems,
    styles,
    stages,
    unloaded: unloadedState(session.lab.unloaded, before.unloaded),
    ...(renamed ? {} : { replay: null }),
    series: keepUnchanged(before.series, armSeries(stages, styles)),
    selected: stages.some((s) => s.id === wanted) ? wanted : config.arms[0]!.id,
    ...(demo === undefined ? {} : { demo: demo?.name ?? null }),
  });

  if (!fromAddress) renewAddress(step);
  clearTimeout(loading);
  loading = setTimeout(() => void loadShipped(), 250);
}

async function loadShipped(): Promise<void> {
  if (session.lab.state === 'idle' && useLab.getState().problems.length === 0)
    await session.lab.loadShipped();
  const { unloaded } = useLab.getState();
  useLab.setState({ loaded: true, unloaded: unloadedState(session.lab.unloaded, unloaded) });
}

const config = () => useLab.getState().config;

/** What follows `?` in the address of what is open now. */
const search = () => searchOf(config(), { demo: demoByName(useLab.getState().demo), lang: language() });

/** With a step, Back leads to what was before; a setting that moves on is one step. */
function renewAddress(step?: string): void {
  if (useLab.getState().problems.length > 0) return;
  const address = `${window.location.pathname}${search()}`;
  const { history, location } = window;
  if (address === `${location.pathname}${location.search}`) return;
  const isNew = step !== undefined && history.state !== step;
  if (isNew) history.pushState(step, '', address);
  else history.replaceState(history.state, '', address);
}

/** Back and Forward: what the address holds is opened again; a run goes on. */
window.addEventListener('popstate', () => {
  const { config: there, demo, problems } = configFrom(window.location.search);
  if (demo && demo.name !== useLab.getState().demo) showBest(demo);
  const named = demo ? withNamesIn(there, demo, language()) : there;
  configure(named, { demo: demo ?? null, fromAddress: true });
  useLab.setState({ linkProblems: problems });
});

i18n.on('languageChanged', () => void nameArms());

/** In the language of the page, whose lessons say what the arms of a demo are called. */
async function nameArms(): Promise<void> {
  if (useLab.getState().demo) await loadLessons(language()).catch(() => undefined); // the lesson's panel says so
  const demo = demoByName(useLab.getState().demo);
  const { player } = session;
  if (demo && player) player.rename(withNamesIn(player.config, demo, language()));
  if (demo) configure(withNamesIn(config(), demo, language()), { renamed: true });
  else renewAddress();
}

/** Remembers how to come back to the configuration that is open now. */
function rememberConfig(what: UndoStep['what'], name: string): void {
  const { config: before, demo, selected } = useLab.getState();
  remember({
    what,
    name,
    back: () => configure(before, { demo: demoByName(demo) ?? null, selected, step: 'undo' }),
  });
}

/** A lab as it comes from a file. */
interface OpenedLab {
  /** Of a demo, or of none. */
  name: string;
  config: LabConfig;
  runs: readonly { id: string; run: NodeRun }[];
}

/** Everything a person can do with the lab. */
export const actions = {
  /** Starts the workers and loads what is shipped; called once. */
  async open(): Promise<void> {
    await Promise.all([actions.chooseBackend('auto'), loadShipped()]);
  },
  async chooseBackend(backend: BackendChoice): Promise<void> {
    if (session.lab.state !== 'idle') return;
    useLab.setState({ backend, engine: { status: 'starting' } });
    try {
      const report = await session.start(backend);
      if (report) useLab.setState({ engine: { status: 'ready', report } });
    } catch (error) {
      useLab.setState({ engine: { status: 'failed', message: messageOf(error) } });
    }
  },
  /** Starts workers again after all have failed. */
  restartEngine: () => actions.chooseBackend(useLab.getState().backend),
  /** Asks again for the shipped results that could not be loaded. */
  reloadShipped(): void {
    useLab.setState({ loaded: false });
    void loadShipped();
  },
  /** Lets what could not be loaded be trained live instead. */
  trainUnloaded: () => session.lab.trainUnloaded(),
  run(): void {
    if (!canRun()) return;
    leaveReplay();
    const { lab } = session;
    if (lab.state === 'paused') return lab.resume();
    void noteRun(config(), useLab.getState().demo);
    lab.run().catch(() => undefined); // what could not be loaded is shown with what can be done about it
  },
  /**
   * Opens a configuration of a sweep and runs these of its arms. Resolves when nothing is left to do, rejects as
   * `Lab.run` does. Of a sweep that begins, what was open before can be had back.
   */
  async runArms(next: LabConfig, ids: readonly string[], begins: boolean): Promise<void> {
    if (session.lab.state !== 'idle') return;
    leaveReplay();
    if (begins) rememberConfig('lesson', '');
    configure(next, begins ? { step: 'sweep' } : {});
    void noteRun(next, useLab.getState().demo);
    await session.lab.run([...ids]);
  },
  /** Takes stages out of the run in progress; without ids, all of them. */
  leaveOut: (ids = session.lab.nodes().map(({ node }) => node.id)) => session.lab.leaveOut(ids),
  letGo: (keys: readonly string[]) => session.lab.letGo(keys),
  /** Opens another configuration of the same sweep. */
  show(next: LabConfig, selected: string): void {
    if (session.lab.state === 'idle') configure(next, { selected, step: 'sweep' });
    else useLab.setState({ selected });
  },
  pause: () => session.lab.pause(),
  step(): void {
    if (!canRun() && session.lab.state === 'idle') return;
    leaveReplay();
    if (session.lab.state === 'idle') void noteRun(config(), useLab.getState().demo);
    session.lab.step();
  },
  reset(): void {
    if (session.player) return leaveReplay();
    const isTouched = session.lab.nodes().some(({ run }) => run?.source === 'live');
    const before = session.lab.reset();
    if (isTouched)
      remember({
        what: 'reset',
        name: '',
        back: async () => {
          session.lab.reset();
          await session.lab.restore(before);
        },
      });
    useLab.setState({ tokensPerSecond: null });
    void loadShipped();
    if (useLab.getState().engine.status === 'failed') void actions.restartEngine();
  },
  select: (selected: string) => useLab.setState({ selected }),
  set: (id: string, name: string, value: unknown) =>
    configure(withSetting(config(), id, name, value), { step: `${id}.${name}` }),
  restore(id: string): void {
    rememberConfig('defaults', id);
    configure(withDefaults(config(), id), { step: `restore ${id}` });
  },
  configure(change: Partial<Pick<LabConfig, 'task' | 'size' | 'start'>>): void {
    const { task } = config();
    if (change.task !== undefined && change.task !== task)
      remember({ what: 'task', name: task, back: () => configure({ ...config(), task }, { step: 'undo' }) });
    configure({ ...config(), ...change }, { step: JSON.stringify(change) });
  },
  /** From its text; one that is no seed is kept, as with other settings, so that it can be named. */
  setSeed: (text: string) => configure(withSeed(config(), text), { step: 'seed' }),
  /** A fresh arm of that name on a trunk that differs in this; returns its id. */
  addArmWith(
    stage: ArmStage,
    change: Partial<Pick<ArmConfig, 'name' | 'from' | 'trunk' | 'settings'>>,
  ): string {
    const { config: next, arm } = withArm(config(), stage);
    const arms = next.arms.map((other) => (other === arm ? { ...arm, ...change } : other));
    configure({ ...next, arms }, { selected: arm.id, step: `add ${arm.id}` });
    return arm.id;
  },
  /** A person's rule as gold, by its hash; undefined: the world's. Back undoes it. */
  setGold(hash?: string): void {
    const { gold: _, ...others } = config();
    configure(hash === undefined ? others : { ...others, gold: hash }, { step: `gold ${hash}` });
  },
  addArm(stage: ArmStage, copyOf?: string): void {
    const { config: next, arm } = withArm(config(), stage, copyOf);
    configure(next, { selected: arm.id, step: `add ${arm.id}` });
  },
  /** Adds DPO on people's own comparisons, and trains it where nothing else runs; true: it is being trained. */
  addOwnLabels(name: string, labels: { labels: string; simulated: number }): boolean {
    const { config: next, arm } = withOwnLabels(config(), name, labels);
    configure(next, { selected: arm.id, step: `add ${arm.id}` });
    return actions.runOnly([arm.id]);
  },
  /** Trains these stages and what they build on, where nothing else runs. */
  runOnly(ids: readonly string[]): boolean {
    if (!canRun() || session.lab.state !== 'idle') return false;
    leaveReplay();
    void noteRun(config(), useLab.getState().demo);
    session.lab.run(ids).catch(() => undefined);
    return true;
  },
  removeArm(id: string): void {
    const at = config().arms.findIndex((arm) => arm.id === id);
    const arm = config().arms[at];
    if (!arm || config().arms.length === 1) return;
    remember({
      what: 'arm',
      name: arm.name,
      back: () => {
        const { arms } = config();
        if (arms.some((other) => other.id === id)) return;
        configure({ ...config(), arms: arms.toSpliced(at, 0, arm) }, { selected: id, step: 'undo' });
      },
    });
    configure(withoutArm(config(), id), { step: `remove ${id}` });
  },
  renameArm: (id: string, name: string) => configure(withArmName(config(), id, name)),
  /** Opens a lesson with its configuration. Not while a run is going on. */
  openDemo(demo: DemoEntry): void {
    if (session.lab.state !== 'idle') return;
    rememberConfig('lesson', '');
    showBest(demo);
    const opened = withNamesIn(demo.config, demo, language());
    configure(opened, { demo, selected: opened.arms[0]!.id, step: `lesson ${demo.name}` });
  },
  /** Shows the recorded run of a lesson, with the lesson's settings. Throws an Error if there is none that fits. */
  async replay(demo: DemoEntry): Promise<void> {
    const { recording, leftOut } = await loadRecording(demo);
    if (session.lab.state !== 'idle') return;
    configure(withNamesIn(demo.config, demo, language()), { demo });
    const names = withNamesIn(recording.config, demo, language());
    const player = new Player(recording, names, publish, leftOut);
    session.player = player;
    player.play();
  },
  /** Pauses or goes on with the recording; from its end, begins again. */
  toggleReplay(): void {
    const { player } = session;
    if (player?.state === 'playing') player.pause();
    else player?.play();
  },
  replaySpeed: (speed: number) => session.player?.setSpeed(speed),
  finishReplay: () => session.player?.finish(),
  leaveReplay,
  /** Leaves the lesson; the configuration stays. */
  closeDemo: () => configure(config(), { demo: null, step: 'close lesson' }),
  openFreeLab(): void {
    if (session.lab.state !== 'idle') return;
    rememberConfig('lesson', '');
    configure(defaultLabConfig(), { demo: null, step: 'free lab' });
  },
  /** Opens a run that was kept, with its settings and whatever there is of its results. */
  openRun({ config: kept, demo }: Pick<StoredRun, 'config' | 'demo'>): void {
    if (session.lab.state !== 'idle') return;
    rememberConfig('lesson', '');
    configure(kept, { demo: demoByName(demo) ?? null, selected: kept.arms[0]!.id, step: 'open a run' });
  },
  /** Looks once more for what is kept: another tab may have gone on with it. */
  reloadKept: () => loadShipped(),
  /** Every stage of the lab itself, recordings aside. */
  nodes: () => session.lab.nodes(),
  /** Opens a lab that was kept in a file, with the results it had. Not while a run is going on. */
  openLab({ name, config, runs }: OpenedLab): void {
    if (session.lab.state !== 'idle') return;
    session.stopPlayer();
    session.lab.takeIn(runs);
    for (const { run } of runs) cache.know(run.key, config.task, run.made?.size ?? config.size);
    setView({ tab: 'compare', enlarged: null });
    configure(config, { demo: demoByName(name) ?? null, selected: config.arms[0]!.id });
  },
  dismissLinkProblems: () => useLab.setState({ linkProblems: [] }),
  shareLink: () => `${window.location.origin}${window.location.pathname}${search()}`,
  answer: (request: Parameters<Session['answer']>[0]) => session.answer(request),
  inspect: (request: Parameters<Session['inspect']>[0]) => session.inspect(request),
};

/** Run does something: settings are valid, the engine is there or starting (the run waits for it), and something is missing. */
export function canRun(state: LabState = useLab.getState()): boolean {
  if (state.problems.length > 0 || state.engine.status === 'failed') return false;
  if (state.replay) return true;
  if (session.lab.state === 'paused') return true;
  return session.lab.state === 'idle' && state.unloaded.length === 0 && !allDone(state.stages);
}

export const allDone = (stages: readonly StageModel[]): boolean => stages.every((s) => s.status === 'done');
