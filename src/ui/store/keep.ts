import { create } from 'zustand';
import { messageOf, type Message } from '../../messages';
import { buildGraph, keyOf } from '../../pipeline/lab/graph';
import type { LabConfig } from '../../pipeline/lab/config';
import type { KeptResults } from '../../pipeline/lab/kept';
import type { Keeper, KeeperState } from '../../storage/keeper';
import type { StoredRun } from '../../storage/schema';

/** What the page knows of what is kept. `closed`: the problem that a person has read. */
export const useKept = create<KeeperState & { closed?: Message | undefined }>(() => ({
  status: 'opening',
  elsewhere: [],
  writing: 0,
  confirmed: 0,
}));

let opening: Promise<Keeper | undefined> | undefined;

/** The keeper, whose script comes after the first picture. Undefined where it does not come. */
export function keeper(): Promise<Keeper | undefined> {
  opening ??= import('../../storage/keeper').then(
    ({ Keeper: Kept }) => {
      const made = new Kept();
      made.subscribe(() => useKept.setState(made.state));
      return made;
    },
    (error: unknown) => {
      useKept.setState({ status: 'off', problem: messageOf(error) });
      return undefined;
    },
  );
  return opening;
}

const NOTHING = {
  save: () => Promise.resolve(),
  finish: () => Promise.resolve(),
  restart: () => undefined,
  close: () => undefined,
};

/** For the lab: what is kept in this browser. */
export const keptResults: KeptResults = {
  checkpointEvery: 1,
  load: async (key) => (await keeper())?.load(key),
  open: async (node, goOn) => (await keeper())?.open(node, goOn) ?? NOTHING,
};

/** What a run is called by where it is kept. */
export function runOf(config: LabConfig, demo: string | null): StoredRun {
  const keys = Object.fromEntries(buildGraph(config).map(({ id, key }) => [id, key]));
  const now = Date.now();
  return { id: keyOf(keys), config, demo, keys, begun: now, changed: now };
}

/** Notes that this is being run. */
export const noteRun = async (config: LabConfig, demo: string | null): Promise<void> =>
  void (await keeper())?.noteRun(runOf(config, demo));
