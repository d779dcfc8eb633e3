/** More threads than this gain little: the matrices are small. */
const MOST = 8;

/**
 * Threads for each of `training` engines that compute at once on so many cores. One core is left to the page,
 * unless that would leave none of them a second thread.
 */
export function threadsFor(cores: number, training: number): number {
  const besidePage = Math.floor((cores - 1) / training);
  const two = Math.min(2, Math.floor(cores / training));
  return Math.max(1, Math.min(MOST, Math.max(besidePage, two)));
}

/** Most that a link may ask for. */
export const MOST_THREADS = 16;

/** The `threads` of a link, or null. */
export function threadsAskedFor(search: string): number | null {
  const count = Number(new URLSearchParams(search).get('threads'));
  return Number.isInteger(count) && count >= 1 && count <= MOST_THREADS ? count : null;
}
