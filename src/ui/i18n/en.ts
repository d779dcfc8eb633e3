import { gallery } from './en/gallery';
import type { glossary } from './en/glossary';
import type { kept } from './en/kept';
import type { labeler } from './en/labeler';
import { metrics } from './en/metrics';
import type { own } from './en/own';
import { page } from './en/page';
import { stages } from './en/stages';
import type { sweep } from './en/sweep';
import type { transfer } from './en/transfer';

/** The words of the page in English, but for those of `Late`. Other languages satisfy `Catalogue`. */
export const en = { ...page, ...stages, ...metrics, ...gallery } as const;

/** English words that come with the parts that need them (`addEnglish`); other languages come whole. */
export type Late = typeof glossary &
  typeof kept &
  typeof labeler &
  typeof own &
  typeof sweep &
  typeof transfer;
