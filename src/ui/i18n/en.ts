import { gallery } from './en/gallery';
import { glossary } from './en/glossary';
import { kept } from './en/kept';
import { metrics } from './en/metrics';
import { page } from './en/page';
import { stages } from './en/stages';

/** Every word on the page in English. Other languages satisfy `Catalogue`. */
export const en = { ...page, ...stages, ...metrics, ...gallery, ...glossary, ...kept } as const;
