/** What Chromium can tell: whether a click or a key is waiting for the page. */
interface Scheduling {
  isInputPending?(): boolean;
}

/** Milliseconds until the page looks again. */
const SOON = 8;

/** Milliseconds after which work goes on even where input never ceases. */
const PATIENCE = 250;

/** Whether a person waits for an answer; false where the browser does not tell. */
const isInputPending = (): boolean =>
  (navigator as Navigator & { scheduling?: Scheduling }).scheduling?.isInputPending?.() ?? false;

/** Does it when no input is waiting: now, as a rule. */
export function afterInput(work: () => void, since = performance.now()): void {
  if (isInputPending() && performance.now() - since < PATIENCE)
    setTimeout(() => afterInput(work, since), SOON);
  else work();
}
