import { look as en } from './en/look';
import { i18n } from './index';
import { look as zh } from './zh/look';

/**
 * Words of the parts that are looked into: they come with the first of these parts, so that nobody waits for them who
 * does not look. A namespace of its own in every language.
 */
export const LOOK = { en, zh } as const;

for (const [code, words] of Object.entries(LOOK)) i18n.addResourceBundle(code, 'look', words);
