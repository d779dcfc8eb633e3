import { openDB, type IDBPDatabase, type IDBPTransaction } from 'idb';
import { message, MessageError, type Message } from '../messages';
import { DATABASE, STORES, VERSION, type Schema } from './schema';

export type Database = IDBPDatabase<Schema>;

export type Writing = IDBPTransaction<Schema, typeof STORES, 'readwrite'>;

/**
 * One transaction: all of it is on the disk when this resolves (not merely on its way there), and nothing of it when it
 * rejects. Await every request in turn.
 */
export async function transact<T>(db: Database, work: (tx: Writing) => Promise<T>): Promise<T> {
  const tx = db.transaction(STORES, 'readwrite', { durability: 'strict' });
  tx.done.catch(() => undefined); // whoever failed says why
  try {
    const value = await work(tx);
    await tx.done;
    return value;
  } catch (error) {
    try {
      tx.abort();
    } catch {
      // it has been aborted already
    }
    throw tx.error ?? error;
  }
}

export interface OpeningOptions {
  /** A later page has a later one. */
  version?: number;
  /** Hears that an older version of the page, in another tab, holds the database, until that lets go. */
  onBlocked?: (reason: Message) => void;
  /** Hears that the database has been taken away: by a newer version of the page, or by the browser. */
  onLost?: (reason: Message) => void;
}

/** Opens the database. Rejects with a MessageError that says why it cannot be had. */
export async function openDatabase(options: OpeningOptions = {}): Promise<Database> {
  const { version = VERSION, onBlocked = () => undefined, onLost = () => undefined } = options;
  try {
    if (!globalThis.indexedDB) throw new MessageError(message('storage.denied', {}));
    return await openDB<Schema>(DATABASE, version, {
      upgrade(db, from) {
        if (from >= 1) return;
        // version 1: everything is new; later versions add to it here, and never take away
        db.createObjectStore('entries', { keyPath: 'key' });
        db.createObjectStore('runs', { keyPath: 'id' }).createIndex('changed', 'changed');
        db.createObjectStore('results', { keyPath: 'key' });
        db.createObjectStore('heads', { keyPath: 'key' });
        db.createObjectStore('parts', { keyPath: ['key', 'seq'] });
        db.createObjectStore('own', { keyPath: ['kind', 'id'] });
      },
      blocked: () => onBlocked(message('storage.blocked', {})),
      blocking: (_, __, event) => {
        (event.target as IDBDatabase).close(); // else the newer version would wait for this tab
        onLost(message('storage.replaced', {}));
      },
      terminated: () => onLost(message('storage.lost', {})),
    });
  } catch (error) {
    throw new MessageError(problemOf(error), { cause: error });
  }
}

/** What an error of the store means. */
export function problemOf(error: unknown): Message {
  if (error instanceof MessageError) return error.info;
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  switch (name) {
    case 'VersionError':
      return message('storage.newer', {});
    case 'QuotaExceededError':
      return message('storage.full', {});
    case 'SecurityError':
    case 'InvalidStateError': // Firefox, in private windows of old
      return message('storage.denied', {});
    default:
      return message('storage.failed', {
        reason: error instanceof Error ? error.message : String(error),
      });
  }
}
