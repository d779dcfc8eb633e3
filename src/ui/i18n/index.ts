import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { addSentences } from '../../messages';
import { en, type Late } from './en';
import type { look } from './en/look';
import type { LanguageWords, SettingCatalogue } from './catalogue';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: typeof en & Late; look: typeof look };
  }
}

export const LANGUAGE_CODES = ['en', 'zh'] as const;
export type LanguageCode = (typeof LANGUAGE_CODES)[number];

export interface Language {
  code: LanguageCode;
  /** For `<html lang>`. */
  tag: string;
  /** In the language itself. */
  name: string;
  /** Its words, fetched when somebody wants to read them. English is always there: what has no words falls back to it. */
  load?: () => Promise<LanguageWords>;
}

/** Languages on offer. A new one is a catalogue in its own file and an entry here. */
export const LANGUAGES: readonly Language[] = [
  { code: 'en', tag: 'en', name: en.view.english },
  { code: 'zh', tag: 'zh-CN', name: en.view.chinese, load: () => import('./zh') },
];

export const isLanguage = (code: string | null): code is LanguageCode =>
  (LANGUAGE_CODES as readonly (string | null)[]).includes(code);

void i18next.use(initReactI18next).init({
  lng: 'en',
  fallbackLng: 'en',
  resources: { en: { translation: en } },
  showSupportNotice: false,
  interpolation: { escapeValue: false }, // React escapes
});

export const i18n = i18next;

/** Adds English words to those that the page came with. */
export const addEnglish = (words: Partial<Late>): unknown =>
  i18n.addResourceBundle('en', 'translation', words, true);

const settingsOf: Partial<Record<LanguageCode, SettingCatalogue>> = {};

/** Words of settings in a language, as far as it is loaded and has its own. */
export const settingWords = (code: LanguageCode): SettingCatalogue => settingsOf[code] ?? {};

/** Fetches the words of a language, once. */
export async function loadLanguage(code: LanguageCode): Promise<void> {
  const { load } = LANGUAGES.find((l) => l.code === code)!;
  if (!load || i18n.hasResourceBundle(code, 'translation')) return;
  const { words, settings, sentences } = await load();
  settingsOf[code] = settings;
  addSentences(code, sentences);
  i18n.addResourceBundle(code, 'translation', words);
}

/** The language of the page. */
export const language = (): LanguageCode => (isLanguage(i18n.language) ? i18n.language : 'en');
