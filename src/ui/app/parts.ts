import { language } from '../i18n';
import { loadLessons } from '../lessons/demos';
import { part } from '../panel/part';

// What is not needed for the first picture, in the order in which it is wanted.
export const comparison = part(async () => (await import('../charts/Comparison')).Comparison);
export const curves = part(async () => (await import('../charts/StageCurves')).StageCurves);
export const gallery = part(async () => (await import('../gallery/Gallery')).Gallery);
export const results = part(async () => (await import('../results/Results')).Results);
export const glossary = part(async () => (await import('../gallery/Glossary')).Glossary);

const PARTS = [comparison, curves, gallery, results, glossary];

/** Fetches one after the other while the page has nothing else to do, so that nobody waits for them later. */
export function fetchParts(): void {
  const idle = (then: () => void) =>
    'requestIdleCallback' in window ? requestIdleCallback(then, { timeout: 5000 }) : setTimeout(then, 500);
  const jobs = [...PARTS.map(({ fetch }) => fetch), () => loadLessons(language())];
  const next = (): void => {
    const job = jobs.shift();
    if (job)
      idle(
        () =>
          void job()
            .catch(() => undefined)
            .then(next),
      );
  };
  next();
}
