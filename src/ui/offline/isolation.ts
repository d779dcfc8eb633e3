/**
 * A script of its own, before the page's. It registers the service worker that lies beside the page and keeps it for
 * when there is no connection. Where the host sends no headers of isolation (GitHub Pages), the worker adds them, and
 * the page is loaded once more, on the first visit: without isolation there is no shared memory, so WASM runs on one
 * thread. A link that says `threads=1` asks for neither.
 */
const TRIED = 'alignlet.isolated';

/** Whether this tab has not tried yet. Where storage is denied there is no service worker either, and no reload. */
function firstTry(): boolean {
  try {
    if (sessionStorage.getItem(TRIED)) return false;
    sessionStorage.setItem(TRIED, 'tried');
    return true;
  } catch {
    return false;
  }
}

async function register(): Promise<void> {
  await navigator.serviceWorker.register('./service-worker.js');
  if (crossOriginIsolated || !firstTry()) return; // once, whatever comes of it
  await navigator.serviceWorker.ready; // else the page comes past it again
  location.reload();
}

const wanted = new URLSearchParams(location.search).get('threads') !== '1';
if (wanted && 'serviceWorker' in navigator) register().catch(() => undefined); // denied (private windows, blocked cookies): the page works without
