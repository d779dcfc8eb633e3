import type { BrowserContext, Page } from 'playwright';

/** What the database of a page holds. */
export interface Held {
  /** Digest of rows (without seconds), summary and artifact, by key. */
  results: Record<string, string>;
  /** Rows of checkpoints, by key. */
  rows: Record<string, number>;
  /** Runs. */
  runs: number;
}

/** Reads the page's database as it is, without the page's own code. */
export const heldIn = (page: Page): Promise<Held> =>
  page.evaluate(async () => {
    const whenDone = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error!);
      });
    const empty = { results: {}, rows: {}, runs: 0 };
    const there = await indexedDB.databases();
    if (!there.some(({ name }) => name === 'alignlet')) return empty;
    const db = await whenDone(indexedDB.open('alignlet'));
    if (!db.objectStoreNames.contains('results')) {
      db.close();
      return empty;
    }
    const tx = db.transaction(['results', 'heads', 'runs']);
    interface Row {
      seconds: number;
    }
    interface Result {
      key: string;
      events: Row[];
      result: unknown;
    }
    const [results, heads, runs] = await Promise.all([
      whenDone(tx.objectStore('results').getAll() as IDBRequest<Result[]>),
      whenDone(tx.objectStore('heads').getAll() as IDBRequest<{ key: string; rows: number }[]>),
      whenDone(tx.objectStore('runs').count()),
    ]);
    db.close();
    const hex = (bytes: ArrayBuffer) =>
      [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    const digest = async ({ events, result }: Result) => {
      const plain = { events: events.map((row) => ({ ...row, seconds: 0 })), result };
      const text = JSON.stringify(plain, (_, value: unknown) =>
        ArrayBuffer.isView(value)
          ? [...new Uint8Array(value.buffer, value.byteOffset, value.byteLength)]
          : value,
      );
      return hex(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
    };
    return {
      results: Object.fromEntries(
        await Promise.all(results.map(async (one) => [one.key, await digest(one)])),
      ),
      rows: Object.fromEntries(heads.map(({ key, rows }) => [key, rows])),
      runs,
    };
  });

/** Deletes the database of a page of this address that is closed. */
export async function forget(context: BrowserContext, url: string): Promise<void> {
  const blank = await context.newPage();
  await blank.goto(`${url}third-party-licences.txt`);
  await blank.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const request = indexedDB.deleteDatabase('alignlet');
        request.onsuccess = () => resolve();
        request.onerror = () => reject(request.error!);
      }),
  );
  await blank.close();
}
