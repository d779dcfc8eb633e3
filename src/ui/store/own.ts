import type { ReadOwn } from '../../storage/own';
import type { OwnKind, OwnThing } from '../../storage/schema';
import { keeper } from './keep';
import { remember } from './undo';

/**
 * What a person made (labels, texts, rewards), as it is kept in this browser. Nothing rejects; what cannot be stored is
 * there until the page is closed, and the page says so. See `OwnThings`.
 */
export const own = {
  list: async <T>(kind: OwnKind, read: ReadOwn<T>): Promise<OwnThing<T>[]> =>
    (await keeper())?.own.list(kind, read) ?? [],

  get: async <T>(kind: OwnKind, id: string, read: ReadOwn<T>): Promise<T | undefined> =>
    (await keeper())?.own.get(kind, id, read),

  /** True: it is on the disk. */
  put: async (kind: OwnKind, id: string, value: unknown): Promise<boolean> =>
    (await keeper())?.own.put(kind, id, value) ?? false,

  /** Deletes all of a kind, which the page offers to undo. */
  async deleteAll(kind: OwnKind, name: string): Promise<void> {
    const all = await own.list(kind, (value) => value ?? null);
    for (const { id } of all) await own.delete(kind, id);
    const back = async () => {
      for (const { id, value } of all) await own.put(kind, id, value);
    };
    if (all.length > 0) remember({ what: 'own', name, back });
  },

  /**
   * Deletes it. With the name by which the person knows it, the page offers to undo that; `onBack` is called when it is
   * there again.
   */
  async delete(kind: OwnKind, id: string, name?: string, onBack?: () => void): Promise<void> {
    const before = await (await keeper())?.own.delete(kind, id);
    if (!before || name === undefined) return;
    remember({
      what: 'own',
      name,
      back: async () => {
        await own.put(kind, id, before.value);
        onBack?.();
      },
    });
  },
};
