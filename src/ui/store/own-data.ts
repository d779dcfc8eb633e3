import { create } from 'zustand';
import {
  OWN_KINDS,
  ownDataProblem,
  ownKey,
  type OwnData,
  type OwnKind,
  type OwnSource,
} from '../../pipeline/contract/own';
import type { OwnThing } from '../../storage/schema';
import { keeper } from './keep';

/** Own data as the page has it: kept in the browser where that is possible, in this tab at least. */
export interface OwnItem {
  hash: string;
  kind: OwnKind;
  /** What people read. */
  name: string;
  /** Milliseconds since 1970. */
  changed: number;
  data: OwnData;
}

/** The latest first; `loaded`: what the browser has kept is among them. */
export const useOwn = create<{ items: readonly OwnItem[]; loaded: boolean }>(() => ({
  items: [],
  loaded: false,
}));

let loading: Promise<void> | undefined;

/** Own things of a kind as they are stored; none where nothing can be stored. */
export async function storedThings(kind: string): Promise<OwnThing[]> {
  const [kept, { ownThings }] = await Promise.all([keeper(), import('../../storage/runs')]);
  return (await kept?.read((db) => ownThings(db, kind))) ?? [];
}

/** Keeps things, in place of those of the same kind and id. False where they stay in this tab only. */
export async function storeThings(things: readonly Omit<OwnThing, 'changed'>[]): Promise<boolean> {
  const [kept, { saveOwn }] = await Promise.all([keeper(), import('../../storage/runs')]);
  const written = await kept?.write(async (db) => {
    for (const thing of things) await saveOwn(db, thing);
    return true;
  });
  return written ?? false;
}

export async function dropThings(things: readonly Pick<OwnThing, 'kind' | 'id'>[]): Promise<void> {
  const [kept, { deleteOwn }] = await Promise.all([keeper(), import('../../storage/runs')]);
  await kept?.write(async (db) => {
    for (const { kind, id } of things) await deleteOwn(db, kind, id);
  });
}

const byTime = (items: readonly OwnItem[]): OwnItem[] => items.toSorted((a, b) => b.changed - a.changed);

const withItem = (items: readonly OwnItem[], item: OwnItem): OwnItem[] =>
  byTime([item, ...items.filter(({ hash }) => hash !== item.hash)]);

/** What is stored may have come from a file: only what is sound under its hash is taken. */
function itemOf({ id, changed, value }: OwnThing): OwnItem[] {
  const { name, data } = (value ?? {}) as { name?: unknown; data?: OwnData };
  if (typeof name !== 'string' || ownDataProblem(data) || ownKey(data!) !== id) return [];
  return [{ hash: id, kind: data!.kind, name, changed, data: data! }];
}

/** Loads what the browser has kept, once. */
export function loadOwn(): Promise<void> {
  loading ??= Promise.all(OWN_KINDS.map(storedThings)).then((kinds) => {
    const { items } = useOwn.getState();
    const stored = kinds.flat().flatMap(itemOf);
    const others = stored.filter(({ hash }) => !items.some((item) => item.hash === hash));
    useOwn.setState({ items: byTime([...items, ...others]), loaded: true });
  });
  return loading;
}

/** Takes in own data. Resolves to its hash, by which settings name it. */
export async function keepOwn(data: OwnData, name: string): Promise<string> {
  const hash = ownKey(data);
  const item: OwnItem = { hash, kind: data.kind, name, changed: Date.now(), data };
  useOwn.setState(({ items }) => ({ items: withItem(items, item) }));
  await storeThings([{ kind: data.kind, id: hash, value: { name, data } }]);
  return hash;
}

/** Takes it away. What was trained on it stays. */
export async function dropOwn(hash: string): Promise<void> {
  const item = useOwn.getState().items.find((one) => one.hash === hash);
  if (!item) return;
  useOwn.setState(({ items }) => ({ items: items.filter((one) => one !== item) }));
  await dropThings([{ kind: item.kind, id: hash }]);
}

/** For the lab. */
export const ownSource: OwnSource = {
  async own(hash) {
    const found = () => useOwn.getState().items.find((item) => item.hash === hash)?.data;
    if (!found()) await loadOwn().catch(() => undefined);
    return found();
  },
};
