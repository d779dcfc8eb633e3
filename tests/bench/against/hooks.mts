/*
 * What the benchmark puts into a page before its own scripts run. Each of these functions is sent to the browser as
 * text: it must not use anything of this file.
 */

/** What the functions below leave in the page. */
export interface Seen {
  /** When a button to run could first be pressed, milliseconds since the page was asked for. */
  runEnabled?: number;
  /** Headline figures of every result that a worker gave. */
  summaries: Record<string, number>[];
  /** Arms whose history has been filled. */
  filled: number;
}

export interface Watched {
  longest: number;
  longTasks: number;
  frames: number;
  worstGap: number;
  seconds: number;
  inputDelay: number;
  inputToPaint: number;
  inputs: number;
}

declare global {
  interface Window {
    seen: Seen;
    /** Watches the page until it is called. */
    endWatch?: () => Watched;
  }
}

/** Notes when Run can be pressed. */
export function watchStart(): void {
  window.seen = { summaries: [], filled: 0 };
  const look = () => {
    const run = [...document.querySelectorAll('button')].find((b) => b.textContent?.trim() === 'Run');
    if (!run || run.disabled || run.dataset['disabled']) return;
    window.seen.runEnabled = performance.now();
    observer.disconnect();
  };
  const observer = new MutationObserver(look);
  observer.observe(document, { subtree: true, childList: true, attributes: true });
}

/** Reads the results that workers send, as they pass by. */
export function watchResults(): void {
  const add = Worker.prototype.addEventListener;
  Worker.prototype.addEventListener = function (this: Worker, type: string, ...rest: unknown[]) {
    add.call(this, type as 'message', ...(rest as [EventListener]));
    if (type !== 'message' || (this as { isWatched?: boolean }).isWatched) return;
    (this as { isWatched?: boolean }).isWatched = true;
    add.call(this, 'message', (event) => {
      const { data } = event as MessageEvent<{
        value?: { result?: { summary?: Record<string, number> } };
      } | null>;
      const summary = data?.value?.result?.summary;
      if (summary) window.seen.summaries.push(summary);
    });
  } as typeof add;
}

/**
 * Gives every stage that trains a history of `rows` logged rows before its second own one: the first that its worker
 * logs comes in `rows` versions (every value times a factor between 0.9 and 1.1), a few at a time, each as a message of
 * its own kind to whoever listens. Rows of the worker come after them, counted on.
 */
export function fillHistories(rows: number): void {
  interface Logged {
    type?: string;
    update: number;
    updates: number;
    samples: number;
    tokens: number;
    seconds: number;
    metrics: Record<string, number>;
  }
  interface Call {
    type?: string;
    argumentList?: { type: string; value?: Logged }[];
  }
  type Listener = (this: MessagePort, event: MessageEvent<Call>) => void;
  const EACH = 50;
  const add = MessagePort.prototype.addEventListener;
  MessagePort.prototype.addEventListener = function (this: MessagePort, type: string, ...rest: unknown[]) {
    const listener = rest[0] as Listener;
    if (type !== 'message' || typeof listener !== 'function') {
      add.call(this, type as 'message', ...(rest as [EventListener]));
      return;
    }
    let state: 'empty' | 'filling' | 'full' = 'empty';
    const waiting: MessageEvent<Call>[] = [];
    /** The same call about another row. */
    const about = (event: MessageEvent<Call>, row: Logged) =>
      ({
        origin: event.origin,
        data: { ...event.data, argumentList: [{ ...event.data.argumentList![0]!, value: row }] },
      }) as MessageEvent<Call>;
    const rowOf = (event: MessageEvent<Call>) =>
      event.data?.type === 'APPLY' ? event.data.argumentList?.[0]?.value : undefined;
    const countedOn = (event: MessageEvent<Call>) => {
      const row = rowOf(event);
      if (typeof row?.update !== 'number') return event;
      return about(event, { ...row, update: row.update + rows, updates: row.updates + rows });
    };
    const fill = (event: MessageEvent<Call>, from: number) => {
      const row = rowOf(event)!;
      for (let i = from; i < Math.min(rows, from + EACH); i++) {
        const factor = 1 + 0.1 * Math.sin(i * 12.9898);
        const metrics = Object.fromEntries(Object.entries(row.metrics).map(([k, v]) => [k, v * factor]));
        const share = (i + 1) / rows;
        const { samples, tokens, seconds } = row;
        const version = { samples: samples * share, tokens: tokens * share, seconds: seconds * share };
        listener.call(
          this,
          about(event, { ...row, ...version, update: i + 1, updates: rows + row.updates, metrics }),
        );
      }
      if (from + EACH < rows) setTimeout(() => fill(event, from + EACH));
      else {
        state = 'full';
        window.seen.filled++;
        for (const late of waiting) listener.call(this, countedOn(late));
      }
    };
    add.call(this, 'message', ((event: MessageEvent<Call>) => {
      const row = rowOf(event);
      if (state === 'empty' && row?.type === 'metrics') {
        state = 'filling';
        waiting.push(event);
        fill(event, 0);
      } else if (state === 'filling' && row) waiting.push(event);
      else listener.call(this, state === 'full' ? countedOn(event) : event);
    }) as EventListener);
  } as typeof add;
}

/** Watches tasks, frames and input of the page from now until `endWatch` is called. */
export function beginWatch(): void {
  const seen: Watched = {
    ...{ longest: 0, longTasks: 0, frames: 0, worstGap: 0, seconds: 0 },
    ...{ inputDelay: 0, inputToPaint: 0, inputs: 0 },
  };
  const began = performance.now();
  const hear = (entries: PerformanceEntry[]) => {
    for (const entry of entries) {
      if (entry.startTime < began) continue;
      if (entry.entryType === 'longtask') {
        seen.longTasks++;
        seen.longest = Math.max(seen.longest, entry.duration);
      } else if (/^(pointerdown|pointerup|click|keydown|keyup)$/.test(entry.name)) {
        const { processingStart, startTime, duration } = entry as PerformanceEventTiming;
        seen.inputs++;
        seen.inputDelay = Math.max(seen.inputDelay, processingStart - startTime);
        seen.inputToPaint = Math.max(seen.inputToPaint, duration);
      }
    }
  };
  const observers = [{ type: 'longtask' }, { type: 'event', durationThreshold: 16 }].map((options) => {
    const observer = new PerformanceObserver((list) => hear(list.getEntries()));
    observer.observe(options);
    return observer;
  });
  let last = 0;
  let running = true;
  const frame = (now: number) => {
    if (!running) return;
    if (last) {
      seen.frames++;
      seen.worstGap = Math.max(seen.worstGap, now - last);
    }
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  window.endWatch = () => {
    running = false;
    seen.seconds = (performance.now() - began) / 1000;
    for (const observer of observers) {
      hear(observer.takeRecords());
      observer.disconnect();
    }
    return seen;
  };
}
