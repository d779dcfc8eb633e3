import { expect, it } from 'vitest';
import { createFusedEngine } from '../../../../src/engine/fused';
import { sentence } from '../../../../src/messages';
import type { Fingerprint } from '../../../support/thread-battery';

/** Runs the battery in a worker, which may wait for threads of its own. */
async function inWorker(threads: number): Promise<Record<string, Fingerprint>> {
  const worker = new Worker(new URL('./threads-worker.ts', import.meta.url), { type: 'module' });
  const { found, error } = await new Promise<{ found: Record<string, Fingerprint>; error?: string }>(
    (resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
      worker.postMessage(threads);
    },
  );
  worker.terminate();
  if (error) throw new Error(error);
  return found;
}

let alone: ReturnType<typeof inWorker>;

it.each([2, 3, 4])('%i threads of a worker compute bit for bit what one does', async (count) => {
  expect(crossOriginIsolated).toBe(true);
  expect(await inWorker(count)).toEqual(await (alone ??= inWorker(1)));
});

it('the thread of the page, which may not wait, computes alone', async () => {
  const { info } = await createFusedEngine('wasm', { threads: 2 });
  expect(sentence(info.note!)).toBe('one thread: the thread of the page may not wait for others');
});
