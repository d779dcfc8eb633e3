/// <reference lib="webworker" />
import { registerRoute, setDefaultHandler } from 'workbox-routing';
import { CacheFirst, NetworkFirst, NetworkOnly } from 'workbox-strategies';
import { isolated } from './isolated';

declare const self: ServiceWorkerGlobalScope;
/** Both from the build: what the page runs on, beside it; and a name for just these files. */
declare const __FILES__: readonly string[];
declare const __VERSION__: string;

const PREFIX = 'alignlet ';
const CACHE = PREFIX + __VERSION__;
const { scope } = self.registration;
const INDEX = new URL('index.html', scope).href;

/** Whoever is the first takes over at once; a later version waits until no tab needs the files of the earlier one. */
self.addEventListener('install', () => {
  if (!self.registration.active) void self.skipWaiting();
});
self.addEventListener('activate', (event) => event.waitUntil(begin()));

async function begin(): Promise<void> {
  const others = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(others.map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** The page says what it has loaded before this worker was there, or that it wants the new version. */
self.addEventListener('message', (event) => {
  const { keep, activate } = event.data as { keep?: readonly string[]; activate?: boolean };
  if (activate) void self.skipWaiting();
  if (keep) event.waitUntil(warm(keep.filter(isAsset)));
});

async function warm(visited: readonly string[]): Promise<void> {
  const cache = await caches.open(CACHE);
  const wanted = new Set([INDEX, ...__FILES__.map((file) => new URL(file, scope).href), ...visited]);
  for (const url of wanted) {
    if (await cache.match(url, { ignoreVary: true })) continue;
    const response = await fetch(url).catch(() => undefined); // fetched when it is asked for
    if (response && isGood(response, url)) await cache.put(url, response);
  }
}

const isAsset = (url: string): boolean => url.startsWith(`${scope}assets/`);

/** Many hosts answer an address that they do not know with their start page. */
const isGood = (response: Response, url: string): boolean =>
  response.status === 200 &&
  (url === INDEX || !response.headers.get('content-type')?.startsWith('text/html'));

const isolation = {
  handlerWillRespond: ({ response }: { response: Response }) => Promise.resolve(isolated(response)),
};
const onlyGood = {
  cacheWillUpdate: ({ response, request }: { response: Response; request: Request }) =>
    Promise.resolve(isGood(response, request.url) ? response : null),
};
const asIndex = { cacheKeyWillBeUsed: () => Promise.resolve(INDEX) };

registerRoute(
  ({ request, url }) =>
    request.mode === 'navigate' &&
    (url.href.split('?')[0] === scope || url.pathname === new URL(INDEX).pathname),
  new NetworkFirst({ cacheName: CACHE, networkTimeoutSeconds: 5, plugins: [asIndex, isolation] }),
);
// names of assets change with what is in them
registerRoute(
  ({ url }) => isAsset(url.href),
  new CacheFirst({ cacheName: CACHE, matchOptions: { ignoreVary: true }, plugins: [onlyGood, isolation] }),
);
setDefaultHandler(new NetworkOnly({ plugins: [isolation] }));
