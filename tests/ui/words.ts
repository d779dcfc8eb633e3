import { settingFields } from '../../src/pipeline/contract/settings';
import type { Stage } from '../../src/pipeline/contract/stage';
import { i18n, LANGUAGE_CODES, loadLanguage, settingWords, type LanguageCode } from '../../src/ui/i18n';

// what is said of words is said of those of all languages
await Promise.all(LANGUAGE_CODES.map(loadLanguage));

/** Every word of a language. */
export const wordsOf = (code: LanguageCode): Words => i18n.getResourceBundle(code, 'translation') as Words;

type Words = Readonly<Record<string, unknown>>;

/** What a stage says about itself that the page shows. */
export type Spoken = Pick<Stage<never>, 'settings' | 'metrics' | 'figures'> & {
  name: string;
  formula?: unknown;
};

/** Every word that the page needs for a stage and a language does not have, by its place in the catalogue. */
export function missingWords(stage: Spoken, code: LanguageCode): string[] {
  const has = (path: readonly string[]): boolean => {
    const word = path.reduce<unknown>((level, key) => (level as Words | undefined)?.[key], wordsOf(code));
    return typeof word === 'string' && word !== '';
  };
  const shown = Object.entries(stage.metrics).filter(([, group]) => group !== 'hidden');
  const words = [
    ['stage', 'names', stage.name],
    ['stage', 'about', stage.name],
    ...(stage.formula ? [['formula', 'alt', stage.name]] : []),
    ...shown.map(([name]) => ['metric', name]),
    ...Object.keys(stage.figures).map((name) => ['figure', name.replaceAll('.', '_')]),
  ];
  return [
    ...words.filter((path) => !has(path)).map((path) => path.join('.')),
    ...missingSettings(stage, code),
  ];
}

/** English takes the words of settings from the settings themselves. */
function missingSettings({ name: stage, settings }: Spoken, code: LanguageCode): string[] {
  if (code === 'en') return [];
  const words = settingWords(code) as Record<string, Words | undefined>;
  return settingFields(settings).flatMap(({ name, info, kind }) => {
    const own = (words[stage]?.[name] ?? {}) as Words;
    const options = kind.type === 'choice' ? kind.options : [];
    return [
      ...['label', 'effect', ...(info.unit ? ['unit'] : [])].filter((part) => !own[part]),
      ...options.filter((option) => !(own['options'] as Words | undefined)?.[option]),
    ].map((part) => `settings.${stage}.${name}.${part}`);
  });
}
