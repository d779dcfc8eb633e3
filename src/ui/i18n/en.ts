import { gallery } from './en/gallery';
import { glossary } from './en/glossary';
import { metrics } from './en/metrics';
import { page } from './en/page';
import { stages } from './en/stages';

/** Every word of the page in English, but what comes with parts of it that are opened later (`en/transfer.ts`). Other languages satisfy `Catalogue`. */
export const en = { ...page, ...stages, ...metrics, ...gallery, ...glossary } as const;
