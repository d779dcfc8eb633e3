/** More threads than this gain little: the matrices are small. */
const MOST = 4;

/** Threads for each of `training` engines that compute at once on so many cores; one is left to the page. */
export function threadsFor(cores: number, training: number): number {
  const free = cores > 2 ? cores - 1 : cores;
  return Math.max(1, Math.min(MOST, Math.floor(free / training)));
}

/** The `threads` of a link, or null. */
export function threadsAskedFor(search: string): number | null {
  const count = Number(new URLSearchParams(search).get('threads'));
  return Number.isInteger(count) && count >= 1 && count <= 16 ? count : null;
}
