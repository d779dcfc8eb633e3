import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { en } from './en';
import type { SettingCatalogue } from './catalogue';
import { zh } from './zh';
import { settings as zhSettings } from './zh/settings';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: typeof en };
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
  /** Words of settings, where they are not the settings' own. */
  settings: SettingCatalogue;
}

/** Languages on offer. A new one is a catalogue in its own file, an entry in `resources` and one here. */
export const LANGUAGES: readonly Language[] = [
  { code: 'en', tag: 'en', name: en.view.english, settings: {} },
  { code: 'zh', tag: 'zh-CN', name: zh.view.chinese, settings: zhSettings },
];

export const isLanguage = (code: string | null): code is LanguageCode =>
  (LANGUAGE_CODES as readonly (string | null)[]).includes(code);

void i18next.use(initReactI18next).init({
  lng: 'en',
  fallbackLng: 'en',
  resources: { en: { translation: en }, zh: { translation: zh } },
  showSupportNotice: false,
  interpolation: { escapeValue: false }, // React escapes
});

export const i18n = i18next;

/** The language of the page. */
export const language = (): LanguageCode => (isLanguage(i18n.language) ? i18n.language : 'en');
