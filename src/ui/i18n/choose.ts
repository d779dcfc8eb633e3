import { i18n, isLanguage, LANGUAGE_CODES, LANGUAGES, loadLanguage, type LanguageCode } from './index';

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

let wanted: LanguageCode = 'en';

/** Speaks this language as soon as its words are there; rejects, and goes on as before, where they do not come. */
export async function speak(code: LanguageCode): Promise<void> {
  wanted = code;
  await loadLanguage(code);
  if (wanted !== code) return; // another one was asked for meanwhile
  document.documentElement.lang = LANGUAGES.find((l) => l.code === code)!.tag;
  await i18n.changeLanguage(code);
}

/** Speaks this language and remembers it. Rejects where its words do not come. */
export async function chooseLanguage(code: LanguageCode): Promise<void> {
  await speak(code);
  try {
    localStorage.setItem(STORED, code);
  } catch {
    // it holds for this visit
  }
}
