import { gallery } from './en/gallery';
import { glossary } from './en/glossary';
import { metrics } from './en/metrics';
import { page } from './en/page';
import { stages } from './en/stages';

/** Every word in English that the page needs from the start (see `later.ts` and `en/transfer.ts` for the rest). Other languages satisfy `Catalogue`. */
export const en = { ...page, ...stages, ...metrics, ...gallery, ...glossary } as const;
