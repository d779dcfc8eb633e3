import type { Catalogue } from './catalogue';
import { gallery } from './zh/gallery';
import { glossary } from './zh/glossary';
import { kept } from './zh/kept';
import { labeler } from './zh/labeler';
import { metrics } from './zh/metrics';
import { own } from './zh/own';
import { page } from './zh/page';
import { stages } from './zh/stages';
import { sweep } from './zh/sweep';
import { transfer } from './zh/transfer';

export { zh as sentences } from '../../messages/zh';
export { settings } from './zh/settings';

/** Every word on the page in Simplified Chinese. */
export const words: Catalogue = {
  ...page,
  ...stages,
  ...metrics,
  ...gallery,
  ...glossary,
  ...transfer,
  ...kept,
  ...own,
  ...labeler,
  ...sweep,
};
