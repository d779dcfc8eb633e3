import { rm, writeFile } from 'node:fs/promises';
import { WORKS, type Asked, type Counted, type CountRows, type Work } from '../../src/bench/counts';
import type { ShapeName } from '../../src/bench/workload';
import { openPage, type BrowserOptions } from './browser.mjs';
import { table } from './format.mjs';
import { buildOurs, OWN_TREE } from './ours.mjs';
import { serveFolder } from './serve.mjs';

const BACKENDS = ['webgpu', 'webgl'] as const;
type Gpu = (typeof BACKENDS)[number];

/** What `--counts` measures: kept in results.json. */
export interface SavedCounts {
  kind: 'counts';
  commit: string;
  date: string;
  shape: ShapeName;
  /** What counted: the counts hold for any device. */
  adapters: Record<string, string>;
  counts: Partial<Record<Gpu, Counted>>;
}

/** What commit af47fcf asked for, counted with it; WebGL as on a GPU in software, where its products took more draws. */
const BEFORE: Partial<Record<Work, Partial<Record<Gpu, Partial<Asked>>>>> = {
  'PPO iteration': {
    webgpu: { dispatches: 684, readbacks: 13, submits: 13 },
    webgl: { dispatches: 1384, readbacks: 13 },
  },
  'DPO update, logged': {
    webgpu: { dispatches: 63, readbacks: 3, submits: 3 },
    webgl: { readbacks: 3 },
  },
  'DPO update, not logged': { webgpu: { readbacks: 1, submits: 2 }, webgl: { readbacks: 1 } },
  'reward update, logged': { webgpu: { readbacks: 3 }, webgl: { readbacks: 3 } },
  'reward update, not logged': { webgpu: { readbacks: 1, submits: 2 }, webgl: { readbacks: 1 } },
};

/** The most of each that was aimed at. */
const TARGETS: Partial<Record<Work, Partial<Record<Gpu, Partial<Asked>>>>> = {
  'PPO iteration': {
    webgpu: { dispatches: 400, readbacks: 3 },
    webgl: { dispatches: 700, readbacks: 3 },
  },
  'DPO update, logged': { webgpu: { readbacks: 1 }, webgl: { readbacks: 1 } },
  'DPO update, not logged': {
    webgpu: { readbacks: 0, submits: 1 },
    webgl: { readbacks: 0, submits: 1 },
  },
  'reward update, logged': { webgpu: { readbacks: 1 }, webgl: { readbacks: 1 } },
  'reward update, not logged': {
    webgpu: { readbacks: 0, submits: 1 },
    webgl: { readbacks: 0, submits: 1 },
  },
};

const NAMES = { webgpu: 'WebGPU', webgl: 'WebGL' };

/** Counts on every GPU backend that is there, real or in software. */
export async function measureAllCounts(
  { commit, shape, rows }: { commit: string; shape: ShapeName; rows: CountRows | null },
  wanted: BrowserOptions,
): Promise<SavedCounts> {
  const folder = await buildOurs(OWN_TREE, commit);
  const server = await serveFolder(folder);
  const saved: SavedCounts = {
    kind: 'counts',
    commit,
    date: new Date().toISOString(),
    shape,
    adapters: {},
    counts: {},
  };
  try {
    const { browser, page, found } = await openPage(server.url, wanted);
    try {
      await page.exposeFunction('benchProgress', (message: string) => console.log(`  ${message}`));
      for (const backend of BACKENDS) {
        if (!wanted.backends.includes(backend) || !found[backend]) continue;
        saved.adapters[backend] = found[backend].adapter;
        saved.counts[backend] = await page.evaluate(([b, s, r]) => window.countWork(b, s, r), [
          backend,
          shape,
          rows,
        ] as const);
      }
    } finally {
      await browser.close();
    }
  } finally {
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
  return saved;
}

export const writeCounts = (file: string, saved: SavedCounts): Promise<void> =>
  writeFile(file, `${JSON.stringify(saved, null, 2)}\n`);

/** Counts of both backends, where they were counted one at a time. */
export const togetherCounts = (files: readonly SavedCounts[]): SavedCounts | undefined =>
  files.reduce<SavedCounts | undefined>(
    (all, next) => ({
      ...next,
      adapters: { ...all?.adapters, ...next.adapters },
      counts: { ...all?.counts, ...next.counts },
    }),
    undefined,
  );

const KINDS = [
  ['dispatches', { webgpu: 'dispatches', webgl: 'draws' }],
  ['readbacks', { webgpu: 'readbacks', webgl: 'readbacks' }],
  ['submits', { webgpu: 'submissions', webgl: 'fences' }],
] as const;

/** One line per kind of work: now, before, and what was aimed at. */
export function countsText({ counts, adapters, commit, date, shape }: SavedCounts): string {
  const cell = (now: number, before: number | undefined, target: number | undefined) => {
    const missed = target !== undefined && now > target;
    return [
      missed ? `**${now}**` : String(now),
      before === undefined ? '–' : String(before),
      target === undefined ? '–' : `≤ ${target}${missed ? ' (missed)' : ''}`,
    ];
  };
  const parts = BACKENDS.flatMap((backend) => {
    const found = counts[backend];
    if (!found) return [`### ${NAMES[backend]}`, 'Not measured.'];
    const head = [shape, ...KINDS.flatMap(([, words]) => [words[backend], 'af47fcf', 'target'])];
    const rows = WORKS.map((work) => [
      work,
      ...KINDS.flatMap(([kind]) =>
        cell(found[work][kind], BEFORE[work]?.[backend]?.[kind], TARGETS[work]?.[backend]?.[kind]),
      ),
    ]);
    return [`### ${NAMES[backend]} (counted on ${adapters[backend]})`, table(head, rows)];
  });
  return [
    '## What a device is asked for',
    `Written by \`npm run bench -- --counts\` at commit ${commit}, ${date.slice(0, 10)}. The stages themselves are run ` +
      'with a quarter of their usual batches (a PPO iteration: 16 rollouts of at most 28 tokens, 2 epochs of 2 minibatches; ' +
      '8 pairs or 16 texts an update). With 64 rollouts WebGPU takes one dispatch more for the rollout and two to five ' +
      'more an update, where sums over at least 256 tokens are cut into slices. The numbers do not depend on the device. Clearing a buffer counts as a draw of WebGL and as ' +
      'nothing on WebGPU. af47fcf counted WebGL on a GPU in software, where its decoder took 14 more draws a token.',
    ...parts,
  ].join('\n\n');
}
