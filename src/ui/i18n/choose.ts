import { i18n, isLanguage, LANGUAGE_CODES, LANGUAGES, type LanguageCode } from './index';

const STORED = 'alignlet.language';

/** The language of the link, else the one chosen before, else the browser's, else English. */
export function openingLanguage(search: string): LanguageCode {
  const linked = new URLSearchParams(search).get('lang');
  if (isLanguage(linked)) return linked;
  const stored = read();
  if (isLanguage(stored)) return stored;
  const wanted = navigator.language.toLowerCase();
  return LANGUAGE_CODES.find((code) => wanted.startsWith(code)) ?? 'en';
}

function read(): string | null {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null; // storage is closed
  }
}

/** Speaks this language from now on. */
export function speak(code: LanguageCode): void {
  document.documentElement.lang = LANGUAGES.find((l) => l.code === code)!.tag;
  void i18n.changeLanguage(code);
}

/** Speaks this language and remembers it. */
export function chooseLanguage(code: LanguageCode): void {
  speak(code);
  try {
    localStorage.setItem(STORED, code);
  } catch {
    // it holds for this visit
  }
}
