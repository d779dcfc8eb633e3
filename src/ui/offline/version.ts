/** How often a page that stays open asks whether there is a new version, milliseconds. */
const ASK = 15 * 60_000;
/** A new version that does not take over in this time is loaded without it. */
const TAKEOVER = 3000;

/** Absent outside of secure contexts. */
function workers(): ServiceWorkerContainer | undefined {
  try {
    return globalThis.navigator?.serviceWorker;
  } catch {
    return undefined; // a sandbox does not let it be asked for
  }
}

/** Tells the service worker what this page has loaded before it was there, so that it is there without a connection. */
export async function keepForOffline(): Promise<void> {
  const registration = await workers()?.ready;
  const keep = performance.getEntriesByType('resource').map(({ name }) => name);
  registration?.active?.postMessage({ keep });
}

/** Hears once that there is a new version: one that waits, one that has taken over, or one whose files are others. */
export function onNewVersion(tell: () => void): void {
  addEventListener('vite:preloadError', () => void isOutdated().then((is) => is && tell()));
  const container = workers();
  if (!container) return;
  if (container.controller) container.addEventListener('controllerchange', tell, { once: true });
  void container.ready.then((registration) => {
    const watch = () => registration.active && registration.waiting && tell();
    watch();
    registration.addEventListener('updatefound', () =>
      registration.installing?.addEventListener('statechange', watch),
    );
    const ask = () =>
      document.visibilityState === 'visible' && void registration.update().catch(() => undefined);
    document.addEventListener('visibilitychange', ask);
    setInterval(ask, ASK);
  });
}

/** Whether the host has another page than this one; false where it cannot be asked. */
export async function isOutdated(): Promise<boolean> {
  const own = document
    .querySelector<HTMLScriptElement>('script[type=module][src*="/index-"]')
    ?.getAttribute('src');
  try {
    const response = await fetch(location.pathname, { cache: 'no-store' });
    return response.ok && !!own && !(await response.text()).includes(own);
  } catch {
    return false;
  }
}

/** Loads the new version, with the configuration in the address. */
export async function loadNewVersion(): Promise<void> {
  const container = workers();
  const waiting = (await container?.getRegistration().catch(() => undefined))?.waiting;
  if (waiting) {
    const taken = new Promise((resolve) =>
      container!.addEventListener('controllerchange', resolve, { once: true }),
    );
    waiting.postMessage({ activate: true });
    await Promise.race([taken, new Promise((resolve) => setTimeout(resolve, TAKEOVER))]);
  }
  location.reload();
}
