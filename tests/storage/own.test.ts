import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Keeper } from '../../src/storage/keeper';
import { failPuts, freshStore } from './support';

beforeEach(freshStore);

const open = () => new Keeper({ locks: undefined });
const number = (value: unknown) => (typeof value === 'number' ? value : undefined);
const ids = async (keeper: Keeper) => (await keeper.own.list('labels', number)).map(({ id }) => id);

describe('own things', () => {
  it('are kept by kind and id over visits, in the order of their ids', async () => {
    const { own } = open();
    expect(await own.put('labels', 'b', 2)).toBe(true);
    expect(await own.put('labels', 'a', 1)).toBe(true);
    expect(await own.put('reward', 'a', 'words.length')).toBe(true);
    expect(await own.put('labels', 'b', 3)).toBe(true);
    const later = open();
    expect(await later.own.list('labels', number)).toMatchObject([
      { kind: 'labels', id: 'a', value: 1 },
      { kind: 'labels', id: 'b', value: 3 },
    ]);
    expect(await later.own.get('labels', 'b', number)).toBe(3);
    expect(await later.own.get('labels', 'c', number)).toBeUndefined();
  });

  it('that are not what the reader knows are left out and stay', async () => {
    const keeper = open();
    await keeper.own.put('labels', 'a', 'of another version');
    await keeper.own.put('labels', 'b', 2);
    expect(await ids(keeper)).toEqual(['b']);
    expect(await keeper.own.get('labels', 'a', number)).toBeUndefined();
    expect(await keeper.own.get('labels', 'a', String)).toBe('of another version');
  });

  it('are what they were when they were put, whatever is done to the value later', async () => {
    const { own } = open();
    const value = { words: [1] };
    const done = own.put('pairs', 'a', value);
    value.words.push(2);
    await done;
    expect(await own.get('pairs', 'a', (found) => found)).toEqual({ words: [1] });
  });

  it('come back from what a deletion gives', async () => {
    const keeper = open();
    await keeper.own.put('labels', 'a', 1);
    const deleted = (await keeper.own.delete('labels', 'a'))!;
    expect(deleted).toMatchObject({ id: 'a', value: 1 });
    expect(await ids(open())).toEqual([]);
    expect(await keeper.own.delete('labels', 'a')).toBeUndefined();
    await keeper.own.put(deleted.kind, deleted.id, deleted.value);
    expect(await ids(open())).toEqual(['a']);
  });

  it('that do not fit are there until there is room, and the page is told', async () => {
    const keeper = open();
    await keeper.own.put('labels', 'a', 1);
    const spy = failPuts(1);
    expect(await keeper.own.put('labels', 'b', 2)).toBe(false);
    spy.mockRestore();
    expect(keeper.state.problem?.code).toBe('storage.full');
    expect(await ids(keeper)).toEqual(['a', 'b']);
    expect(await keeper.own.get('labels', 'b', number)).toBe(2);
    expect(await ids(open())).toEqual(['a']);
    await keeper.own.put('labels', 'c', 3);
    expect(keeper.state.problem).toBeUndefined();
    expect(await ids(open())).toEqual(['a', 'b', 'c']);
  });

  it('that are changed again before they fit are stored as they are last', async () => {
    const keeper = open();
    const spy = failPuts(2);
    await Promise.all([keeper.own.put('labels', 'a', 1), keeper.own.put('labels', 'a', 2)]);
    spy.mockRestore();
    expect(await keeper.own.put('labels', 'b', 1)).toBe(true);
    expect(await open().own.get('labels', 'a', number)).toBe(2);
  });

  it('that are put at the same moment end as the last of them says', async () => {
    const keeper = open();
    const puts = Array.from({ length: 9 }, (_, i) => keeper.own.put('labels', 'a', i));
    expect(await Promise.all(puts)).toEqual(puts.map(() => true));
    expect(await open().own.get('labels', 'a', number)).toBe(8);
  });

  it('live in memory where nothing can be stored', async () => {
    vi.spyOn(indexedDB, 'open').mockImplementation(() => {
      throw new DOMException('no', 'SecurityError');
    });
    const keeper = open();
    expect(await keeper.own.put('labels', 'a', 1)).toBe(false);
    expect(await keeper.own.put('labels', 'b', 2)).toBe(false);
    expect(await ids(keeper)).toEqual(['a', 'b']);
    expect(await keeper.own.delete('labels', 'a')).toMatchObject({ value: 1 });
    expect(await ids(keeper)).toEqual(['b']);
    expect(keeper.state.problem?.code).toBe('storage.denied');
  });
});
