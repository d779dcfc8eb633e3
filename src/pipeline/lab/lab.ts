import { message, MessageError, messageOf, type Message } from '../../messages';
import { buildGraph, type Graph, type GraphNode } from './graph';
import { sharedWork, type Shared } from './shared';
import type { LabConfig } from './config';
import { RunControl, type Job, type OnRunnerEvent, type StageOutcome, type TimedEvent } from './runner';
import type { OwnRecords, OwnSource } from '../contract/own';
import { ownNamed } from '../contract/settings';
import type { Artifact, Parents, StageResult } from '../contract/stage';
import { STAGES } from '../stages';
import type { KeptResults } from './kept';
import type { NodeRun } from './node-run';

export type { Made, NodeRun } from './node-run';

/** Runs jobs somewhere: in this process, or in a pool of workers. */
export interface Executor {
  /** Jobs that may run at the same time. */
  readonly slots: number;
  execute(job: Job, control: RunControl, onEvent: OnRunnerEvent): Promise<StageOutcome>;
}

/** Ready-made results by key. Undefined where there is none; rejects where there is one that cannot be loaded. */
export interface ShippedResults {
  get(key: string): Promise<StageResult | undefined>;
}

/**
 * missing: never run with these settings; stale: has an older result under other settings; interrupted: stopped at a
 * checkpoint; queued: will run; the rest speaks for itself.
 */
export type NodeStatus =
  'missing' | 'stale' | 'interrupted' | 'queued' | 'running' | 'paused' | 'done' | 'failed';

/** A ready-made result that could not be loaded. */
export interface Unloaded {
  id: string;
  reason: Message;
}

export interface NodeView {
  node: GraphNode;
  status: NodeStatus;
  /** The run to show: of the current settings if there is one, else the last of this node. */
  run?: NodeRun;
}

/** What a reset has taken away, to be given back by `restore`. */
export interface Forgotten {
  runs: ReadonlyMap<string, NodeRun>;
  lastKey: ReadonlyMap<string, string>;
}

export type RunState = 'idle' | 'running' | 'paused';

/**
 * The pipeline as a graph of stages with results keyed by what produced them. Changing a setting makes
 * exactly the nodes behind it stale; running computes exactly what is missing, as many at once as the
 * executor has slots. Arms are independent: one that fails leaves the others running.
 */
export class Lab {
  private graph: Graph;
  /** What the run in progress computes; later changes of settings do not reach into it. */
  private plan: { graph: Graph; config: LabConfig; shared: Shared };
  private readonly runs = new Map<string, NodeRun>();
  private readonly lastKey = new Map<string, string>();
  private readonly active = new Map<string, RunControl>();
  /** Keys of active work that arms share: nobody sees it, so it is neither paused nor stepped through. */
  private readonly unseen = new Set<string>();
  /** Why ready-made results could not be loaded, by key; only failures, so that every attempt is a new one. */
  private readonly failedToLoad = new Map<string, Message>();
  /** Keys of ready-made results that shall be trained live instead. */
  private readonly waived = new Set<string>();
  /** Keys of kept results that a reset has taken away: not loaded again. */
  private readonly forgotten = new Set<string>();
  private readonly listeners = new Set<() => void>();
  private wanted = new Set<string>();
  private state_: RunState = 'idle';
  private generation = 0;
  /** Jobs that the executor has not given back yet, stopped ones included. */
  private readonly executing = new Set<Promise<StageOutcome>>();
  /** A step was asked for while nothing was running: the stages that start next may do one row. */
  private stepFirst = false;

  constructor(
    config: LabConfig,
    private readonly executor: Executor,
    private readonly shipped: ShippedResults,
    private readonly kept?: KeptResults,
    private readonly own?: OwnSource,
  ) {
    this.config_ = config;
    this.graph = buildGraph(config);
    this.plan = { graph: this.graph, config, shared: { nodes: [], given: new Map() } };
  }

  private config_: LabConfig;

  get config(): LabConfig {
    return this.config_;
  }

  get state(): RunState {
    return this.state_;
  }

  /** Called after every change; returns the unsubscriber. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Takes a new configuration. Running stages go on; results stay under their keys. */
  configure(config: LabConfig): void {
    this.config_ = config;
    this.graph = buildGraph(config);
    this.changed();
  }

  nodes(): NodeView[] {
    return this.graph.map((node) => {
      const current = this.runs.get(node.key);
      const last = this.runs.get(this.lastKey.get(node.id) ?? '');
      const run = current ?? last;
      return { node, status: this.statusOf(node, current, last), ...(run ? { run } : {}) };
    });
  }

  private statusOf(node: GraphNode, current: NodeRun | undefined, last: NodeRun | undefined): NodeStatus {
    if (this.active.has(node.key)) return this.state_ === 'paused' ? 'paused' : 'running';
    if (current?.result) return 'done';
    if (current?.failure) return 'failed';
    if (this.state_ !== 'idle' && this.isPlanned(node)) return 'queued';
    if (current?.interrupted) return 'interrupted';
    return last ? 'stale' : 'missing';
  }

  /** Part of the run in progress, with the settings that it was started with. */
  private isPlanned(node: GraphNode): boolean {
    return this.wanted.has(node.id) && this.plan.graph.some((planned) => planned.key === node.key);
  }

  /**
   * Runs the given nodes (default: all) and whatever they build on. Resolves when nothing is left to do:
   * finished, failed or stopped. Trains nothing and rejects with a MessageError when a ready-made result among
   * them cannot be loaded: that it is trained live instead is for `trainUnloaded` to say.
   */
  async run(ids: readonly string[] = this.graph.map((n) => n.id), paused = false): Promise<void> {
    if (this.state_ !== 'idle') return;
    this.state_ = paused ? 'paused' : 'running';
    const generation = ++this.generation;
    this.plan = { ...this.plan, graph: this.graph, config: this.config_ };
    this.wanted = this.withInputs(ids);
    for (const node of this.graph)
      if (this.wanted.has(node.id) && this.runs.get(node.key)?.failure) this.runs.delete(node.key);
    this.changed();
    try {
      await this.loadShipped();
      if (generation !== this.generation) return;
      const unloaded = this.unloadedIn(this.plan.graph).find(({ id }) => this.wanted.has(id));
      if (unloaded) throw new MessageError(unloaded.reason);
      const { graph, config } = this.plan;
      const isToDo = ({ id, key }: GraphNode) => this.wanted.has(id) && !this.runs.has(key);
      this.plan.shared = sharedWork(graph, config, isToDo);
      await this.loadKept(this.plan.shared.nodes);
      await this.loadGiven(graph);
      if (generation !== this.generation) return;
      await Promise.all(this.executing); // what a reset has stopped may still hold the executor's slots
      await new Promise<void>((resolve) => {
        const advance = () => {
          if (generation !== this.generation) return resolve();
          while (this.active.size < this.executor.slots) {
            const node = this.ready()[0];
            if (!node) break;
            void this.start(node).then(advance);
          }
          if (this.seen().length > 0) this.stepFirst = false;
          this.changed();
          if (this.active.size === 0) resolve();
        };
        advance();
      });
    } finally {
      if (generation === this.generation) {
        this.state_ = 'idle';
        this.changed();
      }
    }
  }

  /**
   * Results that are already there, ready-made; call before the first picture, too. Never rejects: what could not
   * be loaded stands in `unloaded`, and is tried again by the next call.
   */
  async loadShipped(): Promise<void> {
    for (const node of this.graph) {
      if (!node.shippable || this.runs.has(node.key) || this.waived.has(node.key)) continue;
      try {
        const result = await this.shipped.get(node.key);
        this.failedToLoad.delete(node.key);
        if (!result || this.runs.has(node.key)) continue;
        this.runs.set(node.key, {
          key: node.key,
          made: node,
          events: [],
          notices: [],
          source: 'shipped',
          seconds: 0,
          result,
        });
        this.lastKey.set(node.id, node.key);
      } catch (error) {
        this.failedToLoad.set(node.key, messageOf(error));
      }
    }
    await this.loadKept(this.graph);
    this.changed();
  }

  /** What was kept of earlier visits. */
  private async loadKept(graph: Graph): Promise<void> {
    for (const { id, key } of graph) {
      const isWanted = () => this.isLeft(key) && !this.active.has(key) && !this.forgotten.has(key);
      if (!this.kept || !isWanted()) continue;
      const run = await this.kept.load(key); // also of what was interrupted: another tab may have gone on with it
      if (!run || !isWanted()) continue;
      this.runs.set(key, run);
      this.lastKey.set(id, key);
    }
  }

  /** What those that go on were given before. */
  private async loadGiven(graph: Graph): Promise<void> {
    const stopped = graph.filter(({ key }) => this.runs.get(key)?.interrupted);
    for (const key of stopped.flatMap((node) => Object.values(this.runs.get(node.key)?.given ?? {}))) {
      const run = this.runs.get(key)?.result ? undefined : await this.kept?.load(key);
      if (run?.result) this.runs.set(key, run);
    }
  }

  /** Nothing came of it yet. */
  private isLeft(key: string): boolean {
    const run = this.runs.get(key);
    return !run || run.interrupted === true;
  }

  /** Ready-made results of the current settings that could not be loaded. */
  get unloaded(): readonly Unloaded[] {
    return this.unloadedIn(this.graph);
  }

  private unloadedIn(graph: Graph): Unloaded[] {
    return graph.flatMap(({ id, key }) => {
      const reason = this.runs.has(key) ? undefined : this.failedToLoad.get(key);
      return reason ? [{ id, reason }] : [];
    });
  }

  /** Lets what could not be loaded be trained live instead, until a reset. */
  trainUnloaded(): void {
    for (const key of this.failedToLoad.keys()) this.waived.add(key);
    this.failedToLoad.clear();
    this.changed();
  }

  pause(): void {
    if (this.state_ !== 'running') return;
    this.state_ = 'paused';
    for (const control of this.seen()) control.pause();
    this.changed();
  }

  resume(): void {
    if (this.state_ !== 'paused') return;
    this.state_ = 'running';
    for (const control of this.active.values()) control.resume();
    this.changed();
  }

  /** One more row of every running stage, then pause. Starts the run if it is idle. */
  step(): void {
    if (this.seen().length === 0) this.stepFirst = true;
    if (this.state_ === 'idle') this.run(undefined, true).catch(() => undefined); // `unloaded` says why
    this.state_ = 'paused';
    for (const control of this.seen()) control.step();
    this.changed();
  }

  /** Takes stages out of the run in progress; what is being trained of them stops, and can go on from its last checkpoint. */
  leaveOut(ids: readonly string[]): void {
    for (const id of ids) {
      if (!this.wanted.delete(id)) continue;
      const node = this.plan.graph.find((n) => n.id === id);
      const isShared = this.plan.graph.some(
        ({ id: other, key }) => key === node?.key && this.wanted.has(other),
      );
      if (node && !isShared) this.active.get(node.key)?.stop();
    }
    this.changed();
  }

  /** Lets go of results that are no part of the present configuration. What is kept of them is loaded when it is wanted. */
  letGo(keys: readonly string[]): void {
    const present = new Set([...this.graph, ...this.plan.graph].map(({ key }) => key));
    for (const key of keys) if (!present.has(key) && !this.active.has(key)) this.runs.delete(key);
    for (const [id, key] of this.lastKey) if (!this.runs.has(key)) this.lastKey.delete(id);
  }

  /** Stops everything and forgets the live results, here but not where they are kept; shipped ones stay. */
  reset(): Forgotten {
    const before = { runs: new Map(this.runs), lastKey: new Map(this.lastKey) };
    this.generation++;
    for (const control of this.active.values()) control.stop();
    this.active.clear();
    this.unseen.clear();
    for (const [key, run] of this.runs)
      if (run.source === 'live') {
        this.runs.delete(key);
        this.forgotten.add(key);
      }
    for (const [id, key] of this.lastKey) if (!this.runs.has(key)) this.lastKey.delete(id);
    this.wanted.clear();
    this.waived.clear();
    this.stepFirst = false;
    this.state_ = 'idle';
    this.changed();
    return before;
  }

  /** Gives back what a reset has taken away. What was running then stands at its last checkpoint. Not during a run. */
  async restore({ runs, lastKey }: Forgotten): Promise<void> {
    if (this.state_ !== 'idle') return;
    this.forgotten.clear();
    for (const [key, run] of runs)
      if (!this.runs.has(key) && (run.result ?? run.failure ?? run.interrupted)) this.runs.set(key, run);
    for (const [id, key] of lastKey)
      if (this.runs.has(key) && !this.lastKey.has(id)) this.lastKey.set(id, key);
    await this.loadShipped();
  }

  /** Takes in finished runs from elsewhere under their keys, each as the last of its node. Only while nothing runs. */
  takeIn(runs: readonly { id: string; run: NodeRun }[]): void {
    if (this.state_ !== 'idle') return;
    for (const { id, run } of runs) {
      this.runs.set(run.key, run);
      this.lastKey.set(id, run.key);
    }
    this.changed();
  }

  private withInputs(ids: readonly string[]): Set<string> {
    const wanted = new Set(ids);
    for (const node of [...this.graph].reverse())
      if (wanted.has(node.id)) {
        for (const input of Object.values(node.inputs)) wanted.add(input);
      }
    return wanted;
  }

  /** Wanted nodes of the plan without a result whose inputs are all there; what arms share before its first user. */
  private ready(): GraphNode[] {
    const { graph } = this.plan;
    const isReady = (node: GraphNode): boolean =>
      !this.active.has(node.key) &&
      this.isLeft(node.key) &&
      Object.values(node.inputs).every((id) => artifactIn(graph, this.runs, id)) &&
      this.sharedBy(node).every(([, { key }]) => !this.isLeft(key) && !this.active.has(key));
    return graph
      .filter(({ id }) => this.wanted.has(id))
      .flatMap((node) => [...this.sharedBy(node).map(([, work]) => work), node])
      .filter((node) => isReady(node));
  }

  /** What a node is given of the work that several need; where that has failed it computes the same itself. */
  private sharedBy({ id }: GraphNode): [string, GraphNode][] {
    const { nodes, given } = this.plan.shared;
    return Object.entries(given.get(id) ?? {}).map(([role, work]) => [
      role,
      nodes.find((n) => n.id === work)!,
    ]);
  }

  /** Controls of the stages that people see run. */
  private seen(): RunControl[] {
    return [...this.active].flatMap(([key, control]) => (this.unseen.has(key) ? [] : [control]));
  }

  /** The artifact of a node under the current settings, if it has been made. */
  artifactOf(id: string): Artifact | undefined {
    return artifactIn(this.graph, this.runs, id);
  }

  private async start(node: GraphNode): Promise<void> {
    const isUnseen = this.plan.shared.nodes.includes(node);
    const control = new RunControl(this.state_ === 'paused' && !isUnseen);
    if (isUnseen) this.unseen.add(node.key);
    const run = begun(this.runs.get(node.key), node);
    this.active.set(node.key, control);
    this.runs.set(node.key, run);
    for (const same of this.plan.graph) if (same.key === node.key) this.lastKey.set(same.id, node.key);
    const execution = this.execute(node, control, run);
    this.executing.add(execution);
    if (this.stepFirst && !isUnseen) control.step();
    const outcome = await execution;
    this.executing.delete(execution);
    if (this.runs.get(node.key) !== run) return; // reset in the meantime
    this.active.delete(node.key);
    this.unseen.delete(node.key);
    run.seconds = outcome.seconds;
    switch (outcome.status) {
      case 'done':
        run.result = outcome.result;
        delete run.latestWeights;
        break;
      case 'failed':
        run.failure = { message: outcome.message, ...(outcome.update ? { update: outcome.update } : {}) };
        if (outcome.lastGood) run.lastGood = outcome.lastGood;
        break;
      case 'stopped':
        this.runs.delete(node.key);
        await this.loadKept([node]);
        break;
    }
    this.changed();
  }

  /** A job that could not even be handed out is a failed stage, too. */
  private async execute(node: GraphNode, control: RunControl, run: NodeRun): Promise<StageOutcome> {
    const hasGiven = Object.values(run.given ?? {}).every((key) => this.runs.get(key)?.result);
    const goOn = run.events.length > 0 && !this.forgotten.has(node.key) && hasGiven;
    if (!goOn) run.given = this.givenTo(node);
    const keeping = this.kept && (await this.kept.open(node, goOn));
    const resume = keeping?.resume;
    run.events = run.events.slice(0, resume?.rows ?? 0);
    const onEvent: OnRunnerEvent = (event) => {
      if (this.runs.get(node.key) !== run) return;
      if (event.type === 'checkpoint') return keeping?.save(run, event);
      if (event.type === 'notice') run.notices.push(event.message);
      else if (event.type === 'restart') {
        run.events = [];
        run.notices.push(message('storage.startedAgain', {}));
        keeping?.restart();
      } else {
        record(run, event);
        run.seconds = event.seconds;
      }
      this.changed();
    };
    try {
      const { gold } = this.plan.config;
      const named = [
        ...ownNamed(STAGES[node.stage].settings, node.settings),
        ...(gold ? [{ hash: gold }] : []),
      ];
      const own = named.length > 0 ? { own: await this.ownOf(named) } : {};
      const job = { ...this.jobOf(node, run.given), ...own };
      const asked = keeping && { checkpointEvery: this.kept!.checkpointEvery, ...(resume ? { resume } : {}) };
      const outcome = await this.executor.execute({ ...job, ...asked }, control, onEvent);
      if (outcome.status === 'done' && this.runs.get(node.key) === run)
        void keeping?.finish({ ...run, result: outcome.result, seconds: outcome.seconds });
      else keeping?.close();
      return outcome;
    } catch (error) {
      keeping?.close();
      return {
        status: 'failed',
        message: messageOf(error),
        seconds: 0,
      };
    }
  }

  /** Keys of what is there of the work that it shares. */
  private givenTo(node: GraphNode): NonNullable<NodeRun['given']> {
    const there = this.sharedBy(node).filter(([, { key }]) => this.runs.get(key)?.result);
    return Object.fromEntries(there.map(([role, { key }]) => [role, key]));
  }

  private jobOf(node: GraphNode, given: NodeRun['given'] = {}): Job {
    const { stage, settings, size, seed } = node;
    const { task, evaluation, gold } = this.plan.config;
    const parents = Object.fromEntries([
      ...Object.entries(node.inputs).map(([role, id]) => [role, artifactIn(this.plan.graph, this.runs, id)]),
      ...Object.entries(given).map(([role, key]) => [role, this.runs.get(key)?.result?.artifact]),
    ]) as Parents;
    return { stage, settings, task, size, seed, evaluation, parents, ...(gold ? { gold } : {}) };
  }

  /** A person's own data as far as it is here; what is not the stage itself will miss. */
  private async ownOf(named: readonly { hash: string }[]): Promise<OwnRecords> {
    const found = await Promise.all(
      named.map(async ({ hash }) => [hash, await this.own?.own(hash)] as const),
    );
    return Object.fromEntries(found.flatMap(([hash, data]) => (data ? [[hash, data] as const] : [])));
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}

/** A run that begins, or goes on where it stopped. */
function begun(before: NodeRun | undefined, node: GraphNode): NodeRun {
  const { interrupted, ...run } = before ?? { events: [], notices: [], seconds: 0 };
  return { ...run, key: node.key, made: node, source: 'live', ...(interrupted ? {} : { events: [] }) };
}

/** Keeps an event without its weights: of those only the latest are of use, and a run has many. */
function record(run: NodeRun, event: TimedEvent): void {
  if (event.weights) {
    const { weights, ...rest } = event;
    run.latestWeights = weights;
    run.events.push(rest as TimedEvent);
  } else run.events.push(event);
}

const artifactIn = (graph: Graph, runs: ReadonlyMap<string, NodeRun>, id: string): Artifact | undefined => {
  const node = graph.find((n) => n.id === id);
  return node && runs.get(node.key)?.result?.artifact;
};
