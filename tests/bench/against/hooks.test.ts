import { afterEach, beforeEach, expect, it } from 'vitest';
import { fillHistories, type Seen } from './hooks.mjs';

const original = Object.getOwnPropertyDescriptor(MessagePort.prototype, 'addEventListener');
const place = globalThis as { window?: { seen: Seen } };

beforeEach(() => {
  place.window = { seen: { summaries: [], filled: 0 } };
});
afterEach(() => {
  delete place.window;
  if (original) Object.defineProperty(MessagePort.prototype, 'addEventListener', original);
  else delete (MessagePort.prototype as { addEventListener?: unknown }).addEventListener;
});

const row = (type: string, update: number) => ({
  ...{ type, update, updates: 3, samples: 10 * update, tokens: 100, seconds: update },
  ...(type === 'metrics' ? { metrics: { loss: 2 } } : {}),
});

/** What a listener hears of rows that are sent at once, as Comlink sends calls. */
async function heard(rows: number, sent: object[], count: number) {
  fillHistories(rows);
  const { port1, port2 } = new MessageChannel();
  const calls: {
    id: number;
    argumentList: { value: ReturnType<typeof row> & { metrics: { loss: number } } }[];
  }[] = [];
  const all = new Promise<void>((resolve) => {
    port1.addEventListener('message', ({ data }: MessageEvent) => {
      calls.push(data as (typeof calls)[0]);
      if (calls.length === count) resolve();
    });
  });
  port1.start();
  sent.forEach((value, id) =>
    port2.postMessage({ id, type: 'APPLY', path: [], argumentList: [{ type: 'RAW', value }] }),
  );
  await all;
  await new Promise((resolve) => setTimeout(resolve, 20)); // whatever comes too often
  port1.close();
  return calls.map(({ argumentList: [argument] }) => argument!.value);
}

it('puts a history before the first logged row, and counts on what comes after it, in order', async () => {
  const sent = [row('evaluation', 0), row('metrics', 1), row('metrics', 2), row('evaluation', 3)];
  const values = await heard(120, sent, 124);
  expect(values).toHaveLength(124);
  expect(values[0]).toEqual(sent[0]);
  expect(values.slice(1).map((v) => v.update)).toEqual(Array.from({ length: 123 }, (_, i) => i + 1));
  expect(new Set(values.slice(1).map((v) => v.updates))).toEqual(new Set([123]));
  expect(values.slice(1, 121).every((v) => v.metrics.loss >= 1.8 && v.metrics.loss <= 2.2)).toBe(true);
  expect(values.slice(121).map((v) => v.type)).toEqual(['metrics', 'metrics', 'evaluation']);
  expect(place.window!.seen.filled).toBe(1);
});

it('leaves messages alone that are no rows', async () => {
  const sent = [{ type: 'notice', message: {} }, row('evaluation', 0)];
  expect(await heard(120, sent, 2)).toEqual(sent);
  expect(place.window!.seen.filled).toBe(0);
});
