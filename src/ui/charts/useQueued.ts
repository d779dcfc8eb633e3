import { startTransition, useEffect, useRef, useState } from 'react';
import { afterInput } from '../store/input-pending';

/** Pause between two charts that are drawn, milliseconds: room for input in between. */
const PAUSE = 12;

const waiting = new Map<object, () => void>();
let timer: ReturnType<typeof setTimeout> | undefined;

function drawNext(): void {
  timer = undefined;
  const [next] = waiting;
  if (!next) return;
  const [id, draw] = next;
  waiting.delete(id);
  draw();
  if (waiting.size) timer = setTimeout(drawWhenQuiet, PAUSE);
}

const drawWhenQuiet = (): void => afterInput(drawNext);

/**
 * The latest value, but handed to one chart at a time: drawing a chart takes some ten milliseconds, and drawing
 * all of them at once would hold up the page. Null until it is this chart's turn for the first time.
 */
export function useQueued<T>(value: T): T | null {
  const [shown, setShown] = useState<{ value: T } | null>(null);
  const id = useRef({});
  useEffect(() => {
    const key = id.current;
    waiting.set(key, () => startTransition(() => setShown({ value }))); // input comes first
    timer ??= setTimeout(drawWhenQuiet, PAUSE);
    return () => {
      waiting.delete(key);
    };
  }, [value]);
  return shown && shown.value;
}
