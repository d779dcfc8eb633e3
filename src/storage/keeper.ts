import { message, type Message } from '../messages';
import type { Checkpoint } from '../pipeline/lab/checkpoint';
import type { GraphNode } from '../pipeline/lab/graph';
import type { KeptResults, Keeping } from '../pipeline/lab/kept';
import type { NodeRun } from '../pipeline/lab/node-run';
import type { CheckpointEvent } from '../pipeline/lab/runner';
import type { StageName } from '../pipeline/stages';
import { openDatabase, problemOf, type Database, type OpeningOptions } from './database';
import { hold, type Locks } from './locks';
import { loadCheckpoint, loadRun, saveCheckpoint, saveResult, type Addition, type Found } from './records';
import { everything, takeIn, type Everything } from './everything';
import { OwnThings } from './own';
import { deleteAll, deleteRun, listRuns, saveRun, type Stored } from './runs';
import { VERSION, type StoredRun } from './schema';

/** Shortest time between two checkpoints of a stage, seconds. */
const CHECKPOINT_EVERY = 1;

/** A database that has not opened by then is not waited for, milliseconds. It may still come. */
const OPENING_MS = 5000;

export interface KeeperState {
  status: 'opening' | 'ready' | 'off';
  /** What was not kept, or why nothing is. */
  problem?: Message | undefined;
  /** Keys that another tab trains and keeps. */
  elsewhere: readonly string[];
  /** Writes on their way. */
  writing: number;
  /** Writes that are confirmed: they are on the disk. */
  confirmed: number;
}

export interface KeeperOptions extends Pick<OpeningOptions, 'version'> {
  locks?: Locks | undefined;
  checkpointEvery?: number;
}

interface Unkept {
  save(db: Database): Promise<void>;
  result?: Everything['results'][number];
  run?: StoredRun;
}

/** Of the results that it is, or is made of. */
const keysOf = ({ result, run }: Unkept): string[] => [
  ...(result ? [result.run.key] : []),
  ...Object.values(run?.keys ?? {}),
];

let writers = 0;
const writerName = (): string =>
  `${Date.now().toString(36)}-${crypto.getRandomValues(new Uint32Array(1))[0]!.toString(36)}-${++writers}`;

/**
 * Keeps runs in the browser's database. A write counts when its transaction is complete. What cannot be kept is said in
 * `state` and stays with the lab, which goes on in memory; what failed for want of room is tried again with the next.
 */
export class Keeper implements KeptResults {
  readonly checkpointEvery: number;
  private state_: KeeperState = { status: 'opening', elsewhere: [], writing: 0, confirmed: 0 };
  private readonly listeners = new Set<() => void>();
  private db: Database | undefined;
  /** It is known whether there is a database, or that it takes long. */
  private readonly opened: Promise<void>;
  private readonly locks: Locks | undefined;
  /** What did not fit, by what it is called. */
  private readonly unkept = new Map<string, Unkept>();
  private saving: Promise<void> = Promise.resolve();
  /** What a person made. */
  readonly own: OwnThings = new OwnThings(this);

  constructor(options: KeeperOptions = {}) {
    this.checkpointEvery = options.checkpointEvery ?? CHECKPOINT_EVERY;
    this.locks = 'locks' in options ? options.locks : (globalThis.navigator?.locks as Locks | undefined);
    this.opened = this.openStore(options);
  }

  get state(): KeeperState {
    return this.state_;
  }

  /** Called after every change; returns the unsubscriber. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private openStore({ version = VERSION }: KeeperOptions): Promise<void> {
    return new Promise((decided) => {
      setTimeout(decided, OPENING_MS);
      openDatabase({
        version,
        onBlocked: (problem) => {
          this.set({ problem });
          decided();
        },
        onLost: (problem) => this.set({ status: 'off', problem }),
      }).then(
        (db) => {
          this.db = db;
          this.set({ status: 'ready', problem: undefined });
          decided();
        },
        (error: unknown) => {
          this.set({ status: 'off', problem: problemOf(error) });
          decided();
        },
      );
    });
  }

  /** The database, while it can be had. */
  private async database(): Promise<Database | undefined> {
    await this.opened;
    return this.state_.status === 'ready' ? this.db : undefined;
  }

  async load(key: string): Promise<NodeRun | undefined> {
    return this.read((db) => loadRun(db, key));
  }

  async open(node: GraphNode, goOn: boolean): Promise<Keeping> {
    const letGo = await hold(node.key, this.locks).catch(() => () => undefined);
    if (!letGo) {
      this.set({ elsewhere: [...this.state_.elsewhere, node.key] });
      return new KeepingNothing();
    }
    const found = goOn ? await this.read((db) => loadCheckpoint(db, node.key)) : undefined;
    return new KeepingRun(this, node, letGo, found);
  }

  /** Keeps a result; one that does not fit is tried again with whatever is written next. */
  saveResult(run: NodeRun, stage: StageName): Promise<boolean> {
    return this.keep(`result ${run.key}`, (db) => saveResult(db, run, stage), { result: { run, stage } });
  }

  /** Notes a run, likewise. */
  noteRun(run: StoredRun): Promise<boolean> {
    return this.keep(`run ${run.id}`, (db) => saveRun(db, run), { run });
  }

  /** Writes now, or as soon as there is room, in place of what waits under this name. True: it is on the disk. */
  async keep(
    name: string,
    save: (db: Database) => Promise<void>,
    what: Omit<Unkept, 'save'> = {},
  ): Promise<boolean> {
    const waiting: Unkept = { ...what, save };
    this.unkept.delete(name); // it is the latest now
    this.unkept.set(name, waiting);
    await this.saveUnkept();
    return !this.unkept.has(name);
  }

  /** Tries again what did not fit. One after the other: what is earlier never comes over what is later. */
  saveUnkept(): Promise<void> {
    return (this.saving = this.saving.then(() => this.saveAll()));
  }

  /** The latest first. */
  private async saveAll(): Promise<void> {
    for (const [name, waiting] of [...this.unkept].reverse()) {
      if (this.unkept.get(name) !== waiting) continue; // there is a later one
      const isKept = await this.write(async (db) => {
        await waiting.save(db);
        return true;
      });
      if (!isKept) return;
      if (this.unkept.get(name) === waiting) this.unkept.delete(name);
    }
    if (this.state_.problem?.code === 'storage.full') this.set({ problem: undefined });
  }

  /** All that is finished, what could not be stored included. */
  async everything(): Promise<Everything> {
    const { runs, results, own } = (await this.read(everything)) ?? { runs: [], results: [], own: [] };
    const waiting = [...this.unkept.values()];
    const of = <T>(all: readonly T[], name: (one: T) => string) => [
      ...new Map(all.map((one) => [name(one), one])).values(),
    ];
    return {
      runs: of([...runs, ...waiting.flatMap(({ run }) => run ?? [])], ({ id }) => id),
      results: of([...results, ...waiting.flatMap(({ result }) => result ?? [])], ({ run }) => run.key),
      own: this.own.withPending(own),
    };
  }
  /** True: all of it is on the disk. */
  takeIn = async (all: Everything): Promise<boolean> =>
    (await this.write((db) => takeIn(db, all).then(() => true))) ?? false;
  list = (): Promise<Stored | undefined> => this.read(listRuns);
  delete = (id: string): Promise<unknown> => {
    const needed = [...this.unkept.values()].flatMap(keysOf);
    return this.freed((db) => deleteRun(db, id, needed));
  };
  deleteAll = (): Promise<unknown> => this.freed(deleteAll);

  /** Reads; undefined where that is not possible. */
  async read<T>(work: (db: Database) => Promise<T>): Promise<T | undefined> {
    const db = await this.database();
    try {
      return db && (await work(db));
    } catch (error) {
      this.set({ problem: problemOf(error) });
      return undefined;
    }
  }

  /** Writes; undefined where that was not possible, which is then said. */
  async write<T>(work: (db: Database) => Promise<T>): Promise<T | undefined> {
    const db = await this.database();
    if (!db) return undefined;
    this.set({ writing: this.state_.writing + 1 });
    try {
      const value = await work(db);
      const { writing, confirmed } = this.state_;
      const problem = this.unkept.size > 0 ? this.state_.problem : undefined;
      this.set({ writing: writing - 1, confirmed: confirmed + 1, problem });
      return value;
    } catch (error) {
      this.set({ writing: this.state_.writing - 1, problem: problemOf(error) });
      return undefined;
    }
  }

  /** Deletes, and tries again what did not fit. */
  private async freed(work: (db: Database) => Promise<void>): Promise<void> {
    await this.write(work);
    await this.saveUnkept();
  }

  set(change: Partial<KeeperState>): void {
    this.state_ = { ...this.state_, ...change };
    for (const listener of this.listeners) listener();
  }
}

class KeepingRun implements Keeping {
  readonly resume?: Checkpoint;
  /** What has not been kept yet, and goes with the next checkpoint. */
  private answers: CheckpointEvent['answers'] = [];
  private readonly writer: string;
  private savedRows = 0;
  /** Parts on the disk. */
  private parts = 0;
  private isOver = false;

  constructor(
    private readonly keeper: Keeper,
    private readonly node: GraphNode,
    private readonly letGo: () => void,
    found?: Found,
  ) {
    this.writer = found?.writer ?? writerName();
    if (!found) return;
    this.resume = found.checkpoint;
    this.savedRows = found.checkpoint.rows;
    this.parts = found.parts;
  }

  restart(): void {
    this.answers = [];
    this.savedRows = 0;
    this.parts = 0;
  }

  async save(run: NodeRun, { type: _, answers, ...at }: CheckpointEvent): Promise<void> {
    if (this.isOver || this.keeper.state.status === 'off') return this.close();
    this.answers.push(...answers);
    const { rows } = at;
    const { events, interrupted: __, ...rest } = run;
    const { key, stage } = this.node;
    const last = events[rows - 1];
    const addition: Addition = {
      head: { key, writer: this.writer, ...at, run: rest },
      answers: this.answers,
      events: events.slice(this.savedRows, rows),
      parts: this.parts,
      entry: {
        ...{ key, stage, rows, given: Object.values(run.given ?? {}) },
        ...(last ? { update: last.update, updates: last.updates } : {}),
      },
    };
    const isMine = await this.keeper.write((db) => saveCheckpoint(db, addition));
    if (isMine === false) {
      this.isOver = true;
      this.keeper.set({
        problem: message('storage.elsewhere', {}),
        elsewhere: [...this.keeper.state.elsewhere, key],
      });
    } else if (isMine) {
      this.answers = [];
      this.savedRows = rows;
      this.parts++;
      await this.keeper.saveUnkept();
    }
  }

  async finish(run: NodeRun): Promise<void> {
    const { latestWeights: _, interrupted: __, given: ___, ...kept } = run;
    if (!this.isOver) await this.keeper.saveResult(kept, this.node.stage);
    this.close();
  }

  close(): void {
    this.isOver = true;
    this.letGo();
  }
}

/** For what another tab keeps. */
class KeepingNothing implements Keeping {
  save = () => Promise.resolve();
  finish = () => Promise.resolve();
  restart = () => undefined;
  close = () => undefined;
}
