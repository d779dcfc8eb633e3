import { expect, it, vi } from 'vitest';
import { freshStore } from '../../storage/support';

const text = (value: unknown) => (typeof value === 'string' ? value : undefined);

/** A visit to the page, in an empty browser or (`again`) in the same. */
async function visit(again = false) {
  if (!again) freshStore();
  vi.resetModules();
  const { own } = await import('../../../src/ui/store/own');
  return { own, ...(await import('../../../src/ui/store/undo')) };
}

it('own things are there at the next visit', async () => {
  const { own } = await visit();
  expect(await own.put('reward', 'r', 'words.length')).toBe(true);
  const { own: later } = await visit(true);
  expect(await later.get('reward', 'r', text)).toBe('words.length');
  expect(await later.list('reward', text)).toMatchObject([{ id: 'r', value: 'words.length' }]);
});

it('a deletion with a name is offered to be undone', async () => {
  const { own, undo, useUndo } = await visit();
  await own.put('reward', 'r', 'words.length');
  await own.delete('reward', 'r');
  expect(useUndo.getState().steps).toEqual([]);
  await own.put('reward', 'r', 'words.length');
  const back = vi.fn();
  await own.delete('reward', 'r', 'Own reward', back);
  expect(await own.list('reward', text)).toEqual([]);
  expect(useUndo.getState()).toMatchObject({ steps: [{ what: 'own', name: 'Own reward' }], offered: true });
  undo();
  await vi.waitFor(() => expect(back).toHaveBeenCalled());
  expect(await own.get('reward', 'r', text)).toBe('words.length');
});
