import { useView } from '../store/useView';

const USUAL = 16;

/** Size of type on the page against the usual one: projector mode and the browser's own setting make it larger. */
export function useTypeScale(): number {
  useView((s) => s.projector); // looks again when it changes
  return parseFloat(getComputedStyle(document.documentElement).fontSize) / USUAL || 1;
}
