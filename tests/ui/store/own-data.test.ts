import { expect, it, vi } from 'vitest';
import { ownKey, type OwnData } from '../../../src/pipeline/contract/own';
import { freshStore } from '../../storage/support';

const data: OwnData = { kind: 'prompts', rows: [{ prompt: ['review:'] }] };
const hash = ownKey(data);

/** A visit to the page, in an empty browser or (`again`) in the same. */
async function visit(again = false) {
  if (!again) freshStore();
  vi.resetModules();
  const { own } = await import('../../../src/ui/store/own');
  return { own, ...(await import('../../../src/ui/store/own-data')), ...(await import('../../../src/ui/store/undo')) }; // prettier-ignore
}

it('own data is found by its hash, at this visit and the next', async () => {
  const first = await visit();
  expect(await first.ownSource.own(hash)).toBeUndefined();
  expect(await first.keepOwnData(data, 'my prompts')).toBe(hash);
  expect(await first.ownSource.own(hash)).toEqual(data);
  const later = await visit(true);
  expect(await later.ownSource.own(hash)).toEqual(data);
  expect(later.useOwnData.getState().items).toMatchObject([{ hash, kind: 'prompts', name: 'my prompts' }]);
});

it('what is stored under another name than its own, or is no data, is not taken', async () => {
  const { own, ownSource, useOwnData } = await visit();
  await own.put('prompts', 'f'.repeat(32), { name: 'a', data });
  await own.put('prompts', hash, { name: 'a', data: { ...data, rows: [] } });
  expect(await ownSource.own(hash)).toBeUndefined();
  expect(useOwnData.getState()).toEqual({ items: [], loaded: true });
});

it('taken away, and back', async () => {
  const { keepOwnData, dropOwnData, ownSource, undo, useOwnData } = await visit();
  await keepOwnData(data, 'my prompts');
  await dropOwnData(hash);
  expect(await ownSource.own(hash)).toBeUndefined();
  undo();
  await vi.waitFor(() => expect(useOwnData.getState().items).toHaveLength(1));
  expect(await (await visit(true)).ownSource.own(hash)).toEqual(data);
});
