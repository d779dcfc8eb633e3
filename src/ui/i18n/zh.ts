import type { Catalogue } from './catalogue';
import { gallery } from './zh/gallery';
import { glossary } from './zh/glossary';
import { metrics } from './zh/metrics';
import { page } from './zh/page';
import { stages } from './zh/stages';

/** Every word on the page in Simplified Chinese; settings are in `zh/settings.ts`. */
export const zh: Catalogue = { ...page, ...stages, ...metrics, ...gallery, ...glossary };
