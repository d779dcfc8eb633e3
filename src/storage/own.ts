import { transact, type Database } from './database';
import type { OwnKind, OwnThing } from './schema';

/** Own things of a kind, in the order of their ids. */
export const ownThings = (db: Database, kind: OwnKind): Promise<OwnThing[]> =>
  db.getAll('own', IDBKeyRange.bound([kind, ''], [kind, '\uffff']));

/** Keeps something that a person made, in place of what has the same kind and id. */
export const saveOwn = (db: Database, thing: OwnThing): Promise<void> =>
  transact(db, async (tx) => {
    await tx.objectStore('own').put(thing);
  });

export const deleteOwn = (db: Database, kind: OwnKind, id: string): Promise<void> =>
  transact(db, (tx) => tx.objectStore('own').delete([kind, id]));

/** Reads a value that was stored, perhaps by another version of the page or from a file; undefined: it is not that. */
export type ReadOwn<T> = (value: unknown) => T | undefined;

/** The part of the keeper that own things need. */
interface Disk {
  /** Reads; undefined where that is not possible, which is then said. */
  read<T>(work: (db: Database) => Promise<T>): Promise<T | undefined>;
  /** Writes now, or as soon as there is room. True: it is on the disk. */
  keep(name: string, save: (db: Database) => Promise<void>): Promise<boolean>;
}

/**
 * What a person made: labels, texts, rewards. Nothing rejects, and nothing is lost while the page is open: what cannot be
 * stored is listed all the same, and stored as soon as there is room. Things that change together are best one thing;
 * a list that grows (labels) is best a thing for each of its items, so that two tabs do not overwrite each other's.
 */
export class OwnThings {
  /** What is not on the disk as it should be; null: deleted. */
  private readonly pending = new Map<string, { kind: OwnKind; id: string; thing: OwnThing | null }>();

  constructor(private readonly disk: Disk) {}

  /** All things of a kind, by their ids; those whose value `read` does not know are left out, and stay as they are. */
  async list<T>(kind: OwnKind, read: ReadOwn<T>): Promise<OwnThing<T>[]> {
    const all = await this.stored(kind);
    return all.flatMap((thing) => {
      const value = read(thing.value);
      return value === undefined ? [] : [{ ...thing, value }];
    });
  }

  /** One of them. */
  async get<T>(kind: OwnKind, id: string, read: ReadOwn<T>): Promise<T | undefined> {
    const thing = await this.raw(kind, id);
    return thing && read(thing.value);
  }

  /**
   * Keeps a value (anything that can be cloned) in place of what has the same kind and id. True: it is on the disk; false:
   * it is in this tab only, which the page says.
   */
  put(kind: OwnKind, id: string, value: unknown): Promise<boolean> {
    const thing = { kind, id, changed: Date.now(), value: structuredClone(value) };
    return this.write(kind, id, thing, (db) => saveOwn(db, thing));
  }

  /** Deletes it, and gives it back for an undo by `put`. Undefined: there was none. */
  async delete(kind: OwnKind, id: string): Promise<OwnThing | undefined> {
    const before = await this.raw(kind, id);
    if (before) await this.write(kind, id, null, (db) => deleteOwn(db, kind, id));
    return before;
  }

  /** Things of all kinds with what is not on the disk yet, by kind and id. */
  withPending(onDisk: readonly OwnThing[]): OwnThing[] {
    const all = new Map(onDisk.map((thing) => [nameOf(thing.kind, thing.id), thing]));
    for (const [name, { thing }] of this.pending)
      if (thing) all.set(name, thing);
      else all.delete(name);
    return [...all.values()].sort((a, b) => (nameOf(a.kind, a.id) < nameOf(b.kind, b.id) ? -1 : 1));
  }

  private async stored(kind: OwnKind): Promise<OwnThing[]> {
    const found = (await this.disk.read((db) => ownThings(db, kind))) ?? [];
    return this.withPending(found).filter((thing) => thing.kind === kind);
  }

  private async raw(kind: OwnKind, id: string): Promise<OwnThing | undefined> {
    const found = await this.disk.read((db) => db.get('own', [kind, id]));
    const waiting = this.pending.get(nameOf(kind, id));
    return waiting ? (waiting.thing ?? undefined) : found;
  }

  private write(
    kind: OwnKind,
    id: string,
    thing: OwnThing | null,
    save: (db: Database) => Promise<void>,
  ): Promise<boolean> {
    const name = nameOf(kind, id);
    const waiting = { kind, id, thing };
    this.pending.set(name, waiting);
    return this.disk.keep(`own ${name}`, async (db) => {
      await save(db);
      if (this.pending.get(name) === waiting) this.pending.delete(name);
    });
  }
}

const nameOf = (kind: string, id: string): string => `${kind} ${id}`;
