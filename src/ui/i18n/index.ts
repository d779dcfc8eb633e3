import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { en } from './en';
import type { SettingCatalogue } from './catalogue';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: typeof en };
  }
}

export interface Language {
  code: string;
  name: string;
  /** Words of settings, where they are not the settings' own. */
  settings: SettingCatalogue;
}

/** Languages on offer. A new one is a catalogue in its own file, an entry in `resources` and one here. */
export const LANGUAGES: readonly Language[] = [{ code: 'en', name: en.view.english, settings: {} }];

void i18next.use(initReactI18next).init({
  lng: 'en',
  fallbackLng: 'en',
  resources: { en: { translation: en } },
  interpolation: { escapeValue: false }, // React escapes
});

export const i18n = i18next;
