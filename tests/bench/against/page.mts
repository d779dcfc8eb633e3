import { pairsOf, told, type Outcome, type Part, type Size } from './bench.mjs';
import { inPage, ownMemory, runToEnd, untilReady } from './browser.mjs';
import { watchResults } from './hooks.mjs';
import { rowOf, type Figures } from './results.mjs';

const LINKS: Record<Size, string> = {
  quick:
    '?v=1&ppo.iterations=4&dpo.steps=8&evaluation.times=2&evaluation.prompts=32&evaluation.finalPrompts=64',
  part: '',
  whole: '',
};

interface PageRun {
  figures: Figures;
  golds: string[];
}

/** PPO and DPO from the shipped trunk, as the page is opened and Run is pressed. */
const page: Part = {
  name: 'page',
  title: 'The default run of the page',
  weight: 3,
  async run(bench): Promise<Outcome> {
    const search = LINKS[bench.size];
    const pairs = await pairsOf(bench, bench.rounds, (side) =>
      inPage(
        bench,
        side,
        search,
        [{ run: watchResults }],
        async ({ page, cpu, errors }): Promise<PageRun> => {
          await untilReady(page);
          const before = await cpu();
          const run = await runToEnd(page);
          const figures = { run, cpu: (await cpu()) - before };
          const golds = await page.evaluate(() => window.seen.summaries.map((s) => String(s['gold'])));
          bench.say(
            `${bench.trees[side].commit}: ${told(figures)}${errors.length ? `; ${errors.join('; ')}` : ''}`,
          );
          return { figures, golds: golds.sort() };
        },
      ),
    );
    const figures = pairs.map(({ base, ours }) => ({ base: base.figures, ours: ours.figures }));
    const golds = new Set(
      pairs.flatMap(({ base, ours }) => [base.golds, ours.golds].map((g) => g.join(' and '))),
    );
    const [{ base, ours }] = pairs as [Record<'base' | 'ours', PageRun>];
    return {
      what: `Both builds in Chromium without a graphics card, so on WebAssembly${search ? `, \`${search}\`` : ', the page as it opens'}; from the click on Run to “done”.`,
      rounds: pairs.length,
      rows: [
        {
          name: 'run',
          label: 'from Run to done',
          unit: 's',
          as: 'faster' as const,
          target: { atLeast: 1.3 },
        },
        {
          name: 'cpu',
          label: 'processor time of the browser, all its processes',
          unit: 's',
          as: 'faster' as const,
        },
      ].map((figure) => rowOf(figure, figures)),
      notes: [
        golds.size === 1 && base.golds.length > 0
          ? `Golds are the same to the last bit in every run: ${base.golds.join(' and ')}.`
          : `Golds: base ${base.golds.join(' and ') || 'not read'}, ours ${ours.golds.join(' and ') || 'not read'}.`,
      ],
    };
  },
};

const ARMS = 8;

/** Four PPO and four DPO arms of the `small` model, on a trunk that is trained with few updates. */
function smallArms(size: Size): string {
  const arms = Array.from({ length: ARMS }, (_, i) => `a${i + 1}:${i % 2 ? 'dpo' : 'ppo'}:A${i + 1}`).join(
    ',',
  );
  const [updates, prompts, final] =
    size === 'quick' ? [1, 8, 16] : size === 'part' ? [1, 128, 256] : [4, 128, 512];
  return (
    `?v=1&size=small&arms=${arms}&sft.steps=2&preferences.pairs=128&preferences.heldOutPairs=32&reward.steps=2` +
    `&ppo.iterations=${updates}&dpo.steps=${2 * updates}` +
    `&evaluation.times=1&evaluation.prompts=${prompts}&evaluation.finalPrompts=${final}`
  );
}

/** Milliseconds between two looks at the memory. */
const LOOK = 50;

const memory: Part = {
  name: 'memory',
  title: 'Peak memory of the page with eight `small` arms',
  weight: 3,
  async run(bench): Promise<Outcome> {
    const search = smallArms(bench.size);
    const pairs = await pairsOf(bench, Math.ceil(bench.rounds / 2), (side) =>
      inPage(bench, side, search, [], async ({ page, renderer }): Promise<Figures> => {
        await untilReady(page);
        const pid = await renderer();
        const open = ownMemory(pid);
        let peak = open;
        const looking = setInterval(() => {
          const now = ownMemory(pid);
          if (now !== undefined && !(now <= peak!)) peak = now;
        }, LOOK);
        try {
          const run = await runToEnd(page);
          const MB = 2 ** 20;
          const end = ownMemory(pid);
          const figures = {
            peak: peak && peak / MB,
            grown: peak && open && (peak - open) / MB,
            open: open && open / MB,
            end: end && end / MB,
            run,
          };
          bench.say(`${bench.trees[side].commit}: ${told(figures)}`);
          return figures;
        } finally {
          clearInterval(looking);
        }
      }),
    );
    return {
      what:
        `\`${search}\`. Memory is what belongs to the process of the page (heaps of the page and of its workers, WebAssembly ` +
        `memories, code): its anonymous and shared pages that were touched (RssAnon + RssShmem of /proc, Linux only), looked ` +
        `at every ${LOOK} ms; not the program and its libraries. Two arms train at a time, one in each worker, as the page has it.`,
      rounds: pairs.length,
      rows: [
        { name: 'peak', label: 'peak', unit: 'MB', as: 'share' as const, target: { atMost: 0.5 } },
        { name: 'grown', label: 'peak over what the open page has', unit: 'MB', as: 'share' as const },
        { name: 'open', label: 'open and ready', unit: 'MB', as: 'share' as const },
        { name: 'end', label: 'when all is done', unit: 'MB', as: 'share' as const },
        { name: 'run', label: 'from Run to done', unit: 's', as: 'faster' as const },
      ].map((figure) => rowOf(figure, pairs)),
      notes: [],
    };
  },
};

/** A page is started quickly: more rounds than of anything else. */
const STARTS = 3;

const start: Part = {
  name: 'start',
  title: 'The first visit',
  weight: 1,
  async run(bench): Promise<Outcome> {
    const { gzipped, scriptsBeforeStart } = await import('./modules.mjs');
    const pairs = await pairsOf(bench, bench.rounds * (bench.size === 'quick' ? 1 : STARTS), (side) =>
      inPage(bench, side, '', [], async ({ page }): Promise<Figures> => {
        await untilReady(page);
        await page.waitForFunction(() => window.seen.runEnabled !== undefined, undefined, {
          timeout: 60_000,
        });
        const seen = await page.evaluate(() => {
          const paint = (name: string) => performance.getEntriesByName(name)[0]?.startTime;
          const contentful = paint('first-contentful-paint');
          const scripts = performance
            .getEntriesByType('resource')
            .filter(
              (e) => /\.m?js$/.test(e.name) && (e as PerformanceResourceTiming).responseEnd <= contentful!,
            )
            .map((e) => new URL(e.name).pathname.slice(1));
          return { paint: paint('first-paint'), contentful, run: window.seen.runEnabled, scripts };
        });
        const dist = await bench.trees[side].page();
        const figures = {
          graph: gzipped(dist, scriptsBeforeStart(dist)) / 1000,
          loaded: gzipped(dist, [...new Set(seen.scripts)]) / 1000,
          paint: seen.paint,
          contentful: seen.contentful,
          run: seen.run,
        };
        bench.say(`${bench.trees[side].commit}: ${told(figures)}`);
        return figures;
      }),
    );
    return {
      what:
        'The page as it opens, each time in a new browser with nothing cached, from a server on the same machine without ' +
        'delay. Script before the first paint: all that the entry imports before it runs (and what the page preloads), and, ' +
        'as the browser had it, all script that was there by the first contentful paint; each file gzipped (level 9).',
      rounds: pairs.length,
      rows: [
        { name: 'graph', label: 'script before the entry runs', unit: 'kB gzip', as: 'value' as const, target: { atMost: 250 } }, // prettier-ignore
        {
          name: 'loaded',
          label: 'script there by the first contentful paint',
          unit: 'kB gzip',
          as: 'value' as const,
        },
        { name: 'paint', label: 'first paint', unit: 'ms', as: 'share' as const },
        { name: 'contentful', label: 'first contentful paint', unit: 'ms', as: 'share' as const },
        { name: 'run', label: 'Run enabled', unit: 'ms', as: 'share' as const, target: { atMost: 0.6 } },
      ].map((figure) => rowOf(figure, pairs)),
      notes: [],
    };
  },
};

export const PAGE_PARTS = [page, memory, start] as const;
