import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { afterInput } from '../../../src/ui/store/input-pending';

let pending: boolean;
beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('navigator', { scheduling: { isInputPending: () => pending } });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('work is done at once where no input waits, or the browser does not tell', () => {
  pending = false;
  const work = vi.fn();
  afterInput(work);
  vi.stubGlobal('navigator', {});
  afterInput(work);
  expect(work).toHaveBeenCalledTimes(2);
});

it('work waits for input, but not for ever', () => {
  pending = true;
  const [polite, held] = [vi.fn(), vi.fn()];
  afterInput(polite);
  vi.advanceTimersByTime(50);
  expect(polite).not.toHaveBeenCalled();
  pending = false;
  vi.advanceTimersByTime(10);
  expect(polite).toHaveBeenCalledOnce();
  pending = true;
  afterInput(held);
  vi.advanceTimersByTime(300);
  expect(held).toHaveBeenCalledOnce();
});
