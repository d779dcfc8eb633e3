import type { Sentences } from '../../messages/codes';
import type { SettingInfo } from '../../pipeline/contract/settings';
import type { StageName } from '../../pipeline/stages';
import type { en, Late } from './en';

/** The same keys with any words. */
export type Words<T> = { [K in keyof T]: T[K] extends string ? string : Words<T[K]> };

/** What another language has to provide: the same keys as English. */
export type Catalogue = Words<typeof en & Late>;

/** Words of a setting that a language may replace; English takes them from the settings themselves. */
export type SettingWords = Partial<Pick<SettingInfo, 'label' | 'effect' | 'unit'>> & {
  /** Names of the options of a choice. */
  options?: Readonly<Record<string, string>>;
};
export type SettingCatalogue = Partial<Record<StageName, Record<string, SettingWords>>>;

/** The module of a language: the words of the page, those of settings where they are not the settings' own, sentences. */
export interface LanguageWords {
  words: Catalogue;
  sentences: Sentences;
  settings: SettingCatalogue;
}
