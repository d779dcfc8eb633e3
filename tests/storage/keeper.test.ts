import { openDB } from 'idb';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Keeper } from '../../src/storage/keeper';
import { checkpoint, failPuts, fakeLocks, freshStore, node, runOf } from './support';

beforeEach(freshStore);

const open = (locks: ReturnType<typeof fakeLocks> | undefined = undefined) => new Keeper({ locks });
const code = (keeper: Keeper) => keeper.state.problem?.code;

describe('what is kept', () => {
  it('is the result as it was', async () => {
    const keeping = await open().open(node('a'), false);
    await keeping.finish(runOf('a', 3, 0.5));
    expect(await open().load('a')).toEqual(runOf('a', 3, 0.5));
    expect(await open().load('b')).toBeUndefined();
  });

  it('is a run up to its last checkpoint, put together from what each of them added', async () => {
    const keeping = await open().open(node('a'), false);
    await keeping.save(runOf('a', 2), checkpoint(2));
    await keeping.save(runOf('a', 5), checkpoint(5));
    expect(await open().load('a')).toEqual({ ...runOf('a', 5), interrupted: true });
    const again = await open().open(node('a'), true);
    const { type: _, ...last } = checkpoint(5);
    expect(again.resume).toEqual({ ...last, answers: [...checkpoint(2).answers, ...checkpoint(5).answers] });
    // and is added to by whoever goes on
    await again.save(runOf('a', 7), checkpoint(7));
    expect((await open().load('a'))!.events).toHaveLength(7);
    expect((await open().open(node('a'), true)).resume!.answers).toHaveLength(3);
  });

  it('is replaced by a run that begins anew only when that has a checkpoint, and a result never', async () => {
    const keeping = await open().open(node('a'), false);
    await keeping.save(runOf('a', 5), checkpoint(5));
    const anew = await open().open(node('a'), false);
    expect(anew.resume).toBeUndefined();
    expect((await open().load('a'))!.events).toHaveLength(5);
    await anew.save(runOf('a', 1), checkpoint(1));
    expect((await open().load('a'))!.events).toHaveLength(1);
    await anew.finish(runOf('a', 9, 0.5));
    const third = await open().open(node('a'), false);
    await third.save(runOf('a', 1), checkpoint(1));
    expect(await open().load('a')).toEqual(runOf('a', 9, 0.5));
  });

  it('counts as confirmed when the transaction is complete', async () => {
    const keeper = open();
    const keeping = await keeper.open(node('a'), false);
    await keeper.list(); // it is open
    const seen: [writing: number, confirmed: number][] = [];
    keeper.subscribe(() => seen.push([keeper.state.writing, keeper.state.confirmed]));
    await keeping.save(runOf('a', 2), checkpoint(2));
    expect(seen).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });
});

describe('where there is no room', () => {
  it('says so, keeps what was kept, and adds what is missing with the next checkpoint', async () => {
    const keeper = open();
    const keeping = await keeper.open(node('a'), false);
    await keeping.save(runOf('a', 2), checkpoint(2));
    for (const failing of [1, 2]) {
      const spy = failPuts(failing); // also where it fails in the middle of a transaction
      await keeping.save(runOf('a', 5), checkpoint(5));
      expect(code(keeper)).toBe('storage.full');
      spy.mockRestore();
      expect((await open().load('a'))!.events).toHaveLength(2);
    }
    await keeping.save(runOf('a', 7), checkpoint(7));
    expect(code(keeper)).toBeUndefined();
    expect((await open().load('a'))!.events).toEqual(runOf('a', 7).events);
    expect((await open().open(node('a'), true)).resume!.answers).toHaveLength(4);
  });

  it('keeps a result that did not fit as soon as something was deleted', async () => {
    const keeper = open();
    const spy = failPuts(1);
    await (await keeper.open(node('a'), false)).finish(runOf('a', 3, 0.5));
    spy.mockRestore();
    expect(code(keeper)).toBe('storage.full');
    expect(await open().load('a')).toBeUndefined();
    await keeper.delete('some run');
    expect(code(keeper)).toBeUndefined();
    expect(await open().load('a')).toEqual(runOf('a', 3, 0.5));
  });

  it('gives what did not fit along with everything that did', async () => {
    const keeper = open();
    await (await keeper.open(node('a'), false)).finish(runOf('a', 3, 0.5));
    await keeper.own.put('labels', '1', 'in');
    const spy = failPuts(3);
    await (await keeper.open(node('b'), false)).finish(runOf('b', 3, 0.1));
    await keeper.own.put('labels', '2', 'out');
    spy.mockRestore();
    expect(code(keeper)).toBe('storage.full');
    const { results, own } = await keeper.everything();
    expect(results.map(({ run }) => run.key)).toEqual(['a', 'b']);
    expect(own.map(({ value }) => value)).toEqual(['in', 'out']);
  });

  it('leaves nothing half written when a transaction breaks off', async () => {
    const keeper = open();
    const keeping = await keeper.open(node('a'), false);
    await keeping.save(runOf('a', 2), checkpoint(2));
    const anew = await open().open(node('a'), false);
    const spy = failPuts(1); // after the old parts were deleted
    await anew.save(runOf('a', 1), checkpoint(1));
    spy.mockRestore();
    expect((await open().load('a'))!.events).toHaveLength(2);
  });
});

describe('two tabs', () => {
  it('one of them keeps, the other says so and does not write', async () => {
    const locks = fakeLocks();
    const [first, second] = [open(locks), open(locks)];
    const writes = await first.open(node('a'), false);
    const looks = await second.open(node('a'), false);
    expect(second.state.elsewhere).toEqual(['a']);
    await writes.save(runOf('a', 2), checkpoint(2));
    await looks.save(runOf('a', 4), checkpoint(4));
    await looks.finish(runOf('a', 9, 0.1));
    expect((await open().load('a'))!.events).toHaveLength(2);
    writes.close();
    await Promise.resolve();
    expect((await second.open(node('a'), true)).resume!.rows).toBe(2);
  });

  it('without locks, whoever comes late to a checkpoint stops writing', async () => {
    const [first, second] = [open(), open()];
    const one = await first.open(node('a'), false);
    await one.save(runOf('a', 2), checkpoint(2));
    const other = await second.open(node('a'), true);
    await one.save(runOf('a', 3), checkpoint(3));
    await other.save(runOf('a', 4), checkpoint(4));
    expect(code(second)).toBe('storage.elsewhere');
    expect((await open().load('a'))!.events).toHaveLength(3);
    expect((await open().open(node('a'), true)).resume!.answers).toHaveLength(2);
  });
});

describe('a database that cannot be had', () => {
  it('of a newer version of the page is left as it is', async () => {
    (await openDB('alignlet', 99, { upgrade: (db) => void db.createObjectStore('future') })).close();
    const keeper = open();
    await (await keeper.open(node('a'), false)).finish(runOf('a', 3, 0.5));
    expect(await keeper.load('a')).toBeUndefined();
    expect(keeper.state.status).toBe('off');
    expect(code(keeper)).toBe('storage.newer');
    const db = await openDB('alignlet', 99);
    expect([...db.objectStoreNames]).toEqual(['future']);
    db.close();
  });

  it('that the browser denies', async () => {
    vi.spyOn(indexedDB, 'open').mockImplementation(() => {
      throw new DOMException('no', 'SecurityError');
    });
    const keeper = open();
    await (await keeper.open(node('a'), false)).save(runOf('a', 2), checkpoint(2));
    expect(code(keeper)).toBe('storage.denied');
    globalThis.indexedDB = undefined as never;
    const other = open();
    expect(await other.list()).toBeUndefined();
    expect(code(other)).toBe('storage.denied');
  });

  it('that an older page holds is not waited for, and used as soon as it is let go', async () => {
    const request = indexedDB.open('alignlet', 1);
    const held = await new Promise<IDBDatabase>((got) => (request.onsuccess = () => got(request.result)));
    const keeper = new Keeper({ locks: undefined, version: 2 });
    expect(await keeper.load('a')).toBeUndefined();
    expect(keeper.state).toMatchObject({ status: 'opening', problem: { code: 'storage.blocked' } });
    held.close();
    await vi.waitFor(() => expect(keeper.state).toMatchObject({ status: 'ready', problem: undefined }));
  });

  it('is given up to a newer page, which says so here', async () => {
    const keeper = open();
    await keeper.list();
    (await openDB('alignlet', 2)).close(); // would wait for ever otherwise
    expect(keeper.state).toMatchObject({ status: 'off', problem: { code: 'storage.replaced' } });
    expect(await keeper.load('a')).toBeUndefined();
  });
});
