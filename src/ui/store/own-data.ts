import { create } from 'zustand';
import {
  OWN_KINDS,
  ownDataProblem,
  ownKey,
  type OwnData,
  type OwnKind,
  type OwnSource,
} from '../../pipeline/contract/own';
import { own } from './own';

/** Own data that stages can learn from, as the page has it. */
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
export const useOwnData = create<{ items: readonly OwnItem[]; loaded: boolean }>(() => ({
  items: [],
  loaded: false,
}));

/** What is stored: under its kind, its hash as id. */
interface Stored {
  name: string;
  data: OwnData;
}

/** It may have come from a file: only what is sound is taken. */
function readStored(value: unknown): Stored | undefined {
  const { name, data } = (value ?? {}) as Partial<Stored>;
  return typeof name === 'string' && data && !ownDataProblem(data) ? { name, data } : undefined;
}

const byTime = (items: readonly OwnItem[]): OwnItem[] => items.toSorted((a, b) => b.changed - a.changed);

const without = (items: readonly OwnItem[], hash: string): OwnItem[] =>
  items.filter((item) => item.hash !== hash);

let loading: Promise<void> | undefined;

/** Loads what the browser has kept, once. */
export function loadOwnData(): Promise<void> {
  loading ??= reloadOwnData();
  return loading;
}

/** Loads it again, as after an import. */
export async function reloadOwnData(): Promise<void> {
  const kinds = await Promise.all(OWN_KINDS.map((kind) => own.list(kind, readStored)));
  const stored = kinds.flat().flatMap(({ id, changed, value }): OwnItem[] => {
    const { name, data } = value;
    return ownKey(data) === id ? [{ hash: id, kind: data.kind, name, changed, data }] : [];
  });
  useOwnData.setState(({ items }) => {
    const others = items.filter(({ hash }) => !stored.some((item) => item.hash === hash));
    return { items: byTime([...stored, ...others]), loaded: true };
  });
}

/** Takes in own data. Resolves to its hash, by which settings name it, when it is kept or cannot be. */
export async function keepOwnData(data: OwnData, name: string): Promise<string> {
  const hash = ownKey(data);
  const item: OwnItem = { hash, kind: data.kind, name, changed: Date.now(), data };
  useOwnData.setState(({ items }) => ({ items: [item, ...without(items, hash)] }));
  await own.put(data.kind, hash, { name, data } satisfies Stored);
  return hash;
}

/** Takes it away, and offers to undo that. What was trained on it stays. */
export async function dropOwnData(hash: string): Promise<void> {
  const item = useOwnData.getState().items.find((one) => one.hash === hash);
  if (!item) return;
  useOwnData.setState(({ items }) => ({ items: without(items, hash) }));
  const back = () => useOwnData.setState(({ items }) => ({ items: byTime([item, ...without(items, hash)]) }));
  await own.delete(item.kind, hash, item.name, back);
}

/** For the lab. */
export const ownSource: OwnSource = {
  async own(hash) {
    const found = () => useOwnData.getState().items.find((item) => item.hash === hash)?.data;
    if (!found()) await loadOwnData().catch(() => undefined);
    return found();
  },
};
