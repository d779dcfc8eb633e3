import type { CDPSession, Page } from 'playwright';
import { pairsOf, told, type Bench, type Outcome, type Part, type Size } from './bench.mjs';
import { button, inPage, ownMemory, runToEnd, untilReady } from './browser.mjs';
import { beginWatch, fillHistories } from './hooks.mjs';
import { rowOf, type Figures, type Side } from './results.mjs';

const ARMS = 8;
const POINTS: Record<Size, number> = { quick: 2000, part: 10_000, whole: 10_000 };
const SECONDS: Record<Size, number> = { quick: 5, part: 15, whole: 60 };
const RUNS: Record<Size, number> = { quick: 4, part: 20, whole: 20 };

/** All arms must have their histories by then. */
const PATIENCE_MS = 900_000;

/**
 * Six arms that are done soon, and two that train for as long as the page is watched. No two are the same: those would
 * share one result, and with it one history.
 */
function longArms(): string {
  const ids = Array.from({ length: ARMS }, (_, i) => `a${i + 1}`);
  const arms = ids.map((id, i) => `${id}:${i % 2 ? 'dpo' : 'ppo'}:${id.toUpperCase()}`).join(',');
  const amounts = ids.map((id, i) => {
    const last = i >= ARMS - 2;
    return i % 2 ? `${id}.steps=${last ? 10_000 : 20 + i}` : `${id}.iterations=${last ? 2000 : 2 + i / 2}`;
  });
  return `?v=1&arms=${arms}&${amounts.join('&')}&evaluation.times=2&evaluation.prompts=16&evaluation.finalPrompts=16`;
}

/** Selects arms by mouse and moves on by key, once a second, as a person would who looks around. */
async function lookAround(page: Page, seconds: number): Promise<void> {
  const end = Date.now() + seconds * 1000;
  for (let i = 0; Date.now() < end; i++) {
    await page
      .locator(`[data-node=a${1 + (i % ARMS)}] button`)
      .first()
      .click({ timeout: 20_000 });
    await page.waitForTimeout(400);
    await page.keyboard.press('Tab');
    await page.waitForTimeout(400);
  }
}

async function watched(page: Page, seconds: number, prefix: string): Promise<Figures> {
  await page.evaluate(beginWatch);
  await lookAround(page, seconds);
  await page.waitForTimeout(300);
  const seen = await page.evaluate(() => window.endWatch!());
  return {
    [`${prefix}Longest`]: seen.longest,
    [`${prefix}Tasks`]: seen.longTasks / seen.seconds,
    [`${prefix}Frames`]: seen.frames / seen.seconds,
    [`${prefix}Gap`]: seen.worstGap,
    [`${prefix}Delay`]: seen.inputDelay,
    [`${prefix}Answer`]: seen.inputToPaint,
  };
}

/** Watches the page while it trains: first with the charts of all arms in view, then with the curves of one. */
function whileTraining(bench: Bench, side: Side): Promise<Figures> {
  const hook = { run: fillHistories as (arg: never) => void, arg: POINTS[bench.size] };
  const seconds = SECONDS[bench.size];
  return inPage(bench, side, longArms(), [hook], async ({ page }) => {
    await untilReady(page);
    await button(page, 'Run').click();
    const state = () =>
      page.evaluate(() => ({
        filled: window.seen.filled,
        done: document.querySelectorAll('[data-node^=a][data-status=done]').length,
        failed: document.querySelectorAll('[data-node^=a][data-status=failed]').length,
      }));
    const began = Date.now();
    for (let now = await state(); now.filled < ARMS || now.done < ARMS - 2; now = await state()) {
      const seen = `${now.filled} of ${ARMS} arms have their history, ${now.done} are done, ${now.failed} have failed`;
      if (now.failed || Date.now() - began > PATIENCE_MS) throw new Error(seen);
      await page.waitForTimeout(200);
    }
    const all = await watched(page, seconds, 'all');
    const inside = page.getByText(/^Inside A\d$/).first();
    await inside.click();
    const one = await watched(page, seconds, 'one');
    return { ...all, ...one };
  });
}

const SMALL =
  '?v=1&size=nano&sft.steps=4&preferences.pairs=64&preferences.heldOutPairs=16&reward.steps=2' +
  '&ppo.iterations=4&ppo.rolloutBatch=16&dpo.steps=8&evaluation.times=2&evaluation.prompts=16&evaluation.finalPrompts=16';

async function heap(cdp: CDPSession): Promise<number> {
  await cdp.send('HeapProfiler.collectGarbage');
  await cdp.send('HeapProfiler.collectGarbage');
  return (await cdp.send('Runtime.getHeapUsage')).usedSize;
}

/** Run and Reset, again and again: what the page holds a quarter of the way and at the end. */
function again(bench: Bench, side: Side): Promise<Figures> {
  const runs = RUNS[bench.size];
  return inPage(bench, side, SMALL, [], async ({ page, renderer }) => {
    const cdp = await page.context().newCDPSession(page);
    await untilReady(page);
    const pid = await renderer();
    const seen: { heap: number; own: number | undefined }[] = [];
    for (let i = 1; i <= runs; i++) {
      await runToEnd(page);
      await button(page, 'Reset').click();
      await untilReady(page);
      if (i === runs / 4 || i === runs)
        seen.push({ heap: (await heap(cdp)) / 2 ** 20, own: megabytes(ownMemory(pid)) });
    }
    const [early, late] = seen as [(typeof seen)[0], (typeof seen)[0]];
    return {
      heapEarly: early.heap,
      heapLate: late.heap,
      heapGrown: late.heap / early.heap,
      ownEarly: early.own,
      ownLate: late.own,
    };
  });
}

const megabytes = (bytes: number | undefined) => (bytes === undefined ? undefined : bytes / 2 ** 20);

const VIEWS = { all: 'charts of all arms', one: 'curves of one arm' };

/** A heap that has grown by less has not: it differs by that much from one collection to the next. */
const NOISE = 1.02;

export const eight: Part = {
  name: 'eight',
  title: 'The page with eight arms of 10,000 logged points each',
  weight: 4,
  async run(bench): Promise<Outcome> {
    const pairs = await pairsOf(bench, Math.ceil(bench.rounds / 3), async (side) => {
      const figures = { ...(await whileTraining(bench, side)), ...(await again(bench, side)) };
      bench.say(`${bench.trees[side].commit}: ${told(figures)}`);
      return figures;
    });
    const value = { as: 'value' as const };
    const [points, seconds, runs] = [POINTS, SECONDS, RUNS].map((of) => of[bench.size]);
    return {
      what:
        `Eight arms (four PPO, four DPO) of the default model, \`${longArms()}\`. Every arm gets ${points} rows of history ` +
        `through the page’s own store: the first row that its worker logs comes in as many versions, as messages of the same ` +
        `kind. The page trains two arms at a time, one in each worker; it is watched once six are done and the last two, with ` +
        `their histories, are training: ${seconds} s with the charts of all arms, then ${seconds} s with the curves of one, ` +
        `while an arm is selected by mouse and a key is pressed every second. A task counts from 50 ms on, an input from 16 ms on: 0 is less. ` +
        `Frames are those of a browser that draws on the processor, without a graphics card. Then, in a new browser, ${runs} small runs with a reset after each.`,
      rounds: pairs.length,
      rows: [
        ...(['all', 'one'] as const).flatMap((view) => [
          { name: `${view}Longest`, label: `longest task, ${VIEWS[view]}`, unit: 'ms', ...value, target: { atMost: 50 } }, // prettier-ignore
          { name: `${view}Tasks`, label: `tasks over 50 ms a second, ${VIEWS[view]}`, unit: '1/s', ...value },
          { name: `${view}Frames`, label: `frames a second, ${VIEWS[view]}`, unit: '1/s', ...value, target: { atLeast: 50 } }, // prettier-ignore
          {
            name: `${view}Gap`,
            label: `longest time between two frames, ${VIEWS[view]}`,
            unit: 'ms',
            ...value,
          },
          { name: `${view}Delay`, label: `input delay, the longest, ${VIEWS[view]}`, unit: 'ms', ...value, target: { atMost: 100 } }, // prettier-ignore
          { name: `${view}Answer`, label: `input to next paint, the longest, ${VIEWS[view]}`, unit: 'ms', ...value }, // prettier-ignore
        ]),
        {
          name: 'heapEarly',
          label: `heap of the page after run ${runs! / 4}, collected`,
          unit: 'MB',
          ...value,
        },
        { name: 'heapLate', label: `heap of the page after run ${runs}, collected`, unit: 'MB', ...value },
        {
          name: 'heapGrown',
          label: 'the latter over the former',
          unit: '',
          ...value,
          target: { atMost: NOISE },
        },
        { name: 'ownEarly', label: `memory of its process after run ${runs! / 4}`, unit: 'MB', ...value },
        { name: 'ownLate', label: `memory of its process after run ${runs}`, unit: 'MB', ...value },
      ].map((figure) => rowOf(figure, pairs)),
      notes: [],
    };
  },
};
