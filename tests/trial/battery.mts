import type { Noted } from '../support/noted';
import { tests, type Check, type Part, type Tests } from './check.mjs';

/** A single input that takes longer counts as hanging, milliseconds. */
const HANGS = 1000;

/** Heaps after a collection differ by so much without having grown. */
const GROWN = 1.05;

const hangs = (noted: Noted): string[] =>
  (noted['slowest, ms'] ?? 0) > HANGS ? [`an input took ${noted['slowest, ms']!.toFixed(0)} ms`] : [];

const reader = (what: string, file: string, ...names: string[]): Check => ({
  id: `fuzz: ${what}`,
  part: 'fuzz',
  what: `Changed inputs for the reader of ${what}`,
  right: 'read, and used, or refused by a sentence in every language; none takes over a second',
  tests: [tests(`fuzz/${file}.test.ts`, ...names)],
  against: hangs,
});

const READERS = [
  reader('links', 'readers.typed', 'a link leads to a configuration that can run'),
  reader('demos', 'readers', 'a demo is read, and its graph built, or refused'),
  reader('recordings', 'readers', 'a recording is read, and cut down to what holds, or refused'),
  reader('stored runs', 'readers', 'a stored run is read, and judged, or refused'),
  reader('the manifest', 'readers', 'a manifest is taken or refused'),
  reader('safetensors', 'readers', 'an artifact file with any header of safetensors is taken or refused'),
  reader('artifacts', 'readers', 'an artifact file of kind'),
  reader('prompts', 'readers.typed', 'a prompt is understood and can be asked, or it says why not'),
  reader('overrides', 'readers.typed', 'changes on the command line lead to a configuration'),
  reader('model folders', 'readers.exchange', 'a folder of a model with other'),
  reader('labelled pairs (JSONL, Parquet)', 'readers.exchange', 'labelled pairs with other'),
  reader('run folders', 'readers.exchange', 'a run with another description is read or refused'),
  reader('.alignlet files', 'readers.exchange', 'a whole lab with other', 'a zip with other bytes'),
];

const page = (id: string, what: string, right: string, ...of: Tests[]): Check => ({
  id,
  part: 'rows',
  what,
  right,
  tests: of,
});

const PAGES = [
  page(
    'storage full',
    'The store is full at random moments, is denied, or is not there',
    'said; the lab works in memory; nothing corrupted, and made good when there is room',
    tests('e2e/kept.test.ts', 'a store that does not work when it is'),
  ),
  page(
    'network gone',
    'Scripts and files do not come',
    'named, and asked for again',
    tests(
      'e2e/failures.test.ts',
      'says that the script of the workers does not come, and tries again when asked',
      'names a shipped file that',
      'without a connection, says for another task what is missing',
      'names recorded runs that do not come',
    ),
  ),
  page(
    'two tabs',
    'The same run in two tabs',
    'one stores it, the other one says so',
    tests('e2e/kept.test.ts', 'work that is kept is stored by one tab at a time'),
  ),
  page(
    'new version',
    'A newer version of the page has written the store, or takes it over',
    'left as it is; said, and the run goes on',
    tests('e2e/kept.test.ts', 'a store that does not work when a newer version of the page'),
  ),
  page(
    'sub-path',
    'The page in a folder of a host that sends no headers',
    'isolated by its service worker after one reload, and it trains',
    tests('e2e/isolation.test.ts', 'cross-origin isolation comes from'),
  ),
  page(
    'iframe',
    'The page in a frame of another page: of its own site, of another one, and in a sandbox without storage',
    'trains; where scripts or workers may not run the page says so',
    tests('e2e/iframe.test.ts', 'in a frame'),
  ),
  page(
    'dependencies',
    'Versions, actions and install scripts of what is built with',
    'pinned, and none in what is shipped',
    tests('dependencies.test.ts', 'dependencies', 'the audit'),
  ),
];

const long = (part: Part, check: Omit<Check, 'id' | 'part'>): Check => ({ id: part, part, ...check });

const LONG = [
  long('kills', {
    what: 'The tab, its process or the whole browser is killed at random moments, and opened again',
    right: 'nothing lost that was confirmed; figures of an undisturbed run',
    tests: [tests('e2e/kept.kills.test.ts', 'loses nothing that was confirmed')],
  }),
  long('deaths', {
    what: 'A worker dies at a random moment of a run, and Run is pressed again',
    right: 'figures of an undisturbed run, bit for bit',
    tests: [tests('e2e/failures.deaths.test.ts', 'workers that die at random moments')],
  }),
  ...['WebGL', 'WebGPU'].map((backend): Check => ({
    id: `losses: ${backend}`,
    part: 'losses',
    what: `The ${backend} device is lost at random moments of every stage that trains`,
    right: 'rows and results of an undisturbed run, exactly',
    tests: [tests('browser/engine/resilient.stages.test.ts', `a device of ${backend} that is lost`)],
  })),
  long('soak', {
    what: 'Full runs with eight arms, one after the other in one page',
    right: 'no error, the same figures each time, a heap that does not grow from a quarter of the way on',
    tests: [tests('e2e/soak.test.ts', 'runs again and again')],
    against: (noted) => [
      ...((noted['heap at the end, MB'] ?? 0) > GROWN * (noted['heap a quarter of the way, MB'] ?? Infinity)
        ? ['the heap has grown']
        : []),
      ...(noted['stored results unlike those of the first run']
        ? ['the same run has stored other results']
        : []),
    ],
  }),
];

export const BATTERY: readonly Check[] = [...PAGES, ...READERS, ...LONG];
