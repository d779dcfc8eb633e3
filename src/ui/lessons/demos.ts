import { messageOf, type Message } from '../../messages';
import type { Claim } from '../../pipeline/records/claims';
import { parseDemo, type Demo } from '../../pipeline/records/demo';
import type { LabConfig } from '../../pipeline/lab/config';
import { LANGUAGE_CODES, type LanguageCode } from '../i18n';
import { parseLesson, type Lesson } from './lesson';

// A new demo is a folder with these files; nothing here has to know of it.
const DESCRIPTIONS = import.meta.glob<string>('../../../demos/*/demo.json', {
  query: '?raw',
  import: 'default',
  eager: true,
});
/** The lessons of a language come together, when the first of them is wanted. */
const TEXTS = import.meta.glob<Readonly<Record<string, string>>>('./texts/*.ts', { import: 'texts' });

export interface DemoEntry extends Demo {
  /** In the languages whose lessons have been loaded. */
  lessons: Partial<Record<LanguageCode, Lesson>>;
}

export interface BrokenDemo {
  name: string;
  message: Message;
}

const nameIn = (path: string): string => path.split('/').at(-2)!;

/** The order of the lecture; demos that are not in it come last. */
const ORDER = [
  'base-vs-instruct',
  'fine-tune-vs-few-shot',
  'flan',
  't0',
  'lima',
  'reward-model',
  'ppo',
  'overoptimization',
  'instructgpt',
  'labeler-bias',
  'dpo',
  'ppo-vs-dpo',
  'summaries',
  'dialogue',
  'zephyr',
];

const placeOf = (name: string): number => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);

const read = Object.entries(DESCRIPTIONS)
  .map(([path, text]): DemoEntry | BrokenDemo => {
    const name = nameIn(path);
    try {
      return { ...parseDemo(name, text), lessons: {} };
    } catch (error) {
      return { name, message: messageOf(error) };
    }
  })
  .sort((a, b) => placeOf(a.name) - placeOf(b.name) || a.name.localeCompare(b.name));

const isDemo = (entry: DemoEntry | BrokenDemo): entry is DemoEntry => 'config' in entry;

/** All demos in the order of the lecture. */
export const DEMOS: readonly DemoEntry[] = read.filter(isDemo);

const broken = read.filter((entry): entry is BrokenDemo => !isDemo(entry));

/** Demos whose files cannot be read, and why; those of lessons as soon as they are loaded. */
export const BROKEN_DEMOS: readonly BrokenDemo[] = broken;

const loading = new Map<LanguageCode, Promise<void>>();

/** Fetches all lessons in a language, once; the same promise each time. */
export function loadLessons(code: LanguageCode): Promise<void> {
  const known = loading.get(code);
  if (known) return known;
  const lessons = readLessons(code).catch((error: unknown) => {
    loading.delete(code);
    throw error;
  });
  loading.set(code, lessons);
  return lessons;
}

async function readLessons(code: LanguageCode): Promise<void> {
  const texts = await TEXTS[`./texts/${code}.ts`]!();
  for (const [path, text] of Object.entries(texts)) {
    const demo = demoByName(nameIn(path));
    try {
      if (demo) demo.lessons[code] = parseLesson(text);
    } catch (error) {
      broken.push({ name: nameIn(path), message: messageOf(error) });
    }
  }
}

export const demoByName = (name: string | null): DemoEntry | undefined => DEMOS.find((d) => d.name === name);

/** The lesson in this language, else in English. */
export const lessonOf = (demo: DemoEntry, code: LanguageCode): Lesson | undefined =>
  demo.lessons[code] ?? demo.lessons.en;

/** A claim as a rule; also its name in lesson files and stored predictions. */
export const ruleOf = ({ left, op, right }: Claim): string => `${left} ${op} ${right}`;

/** Title, summary and claims of a demo in a language. English is what the demo itself says. */
export function wordsOfDemo(demo: DemoEntry, code: LanguageCode): { title: string; summary: string } {
  const lesson = demo.lessons[code];
  return code === 'en' || !lesson
    ? { title: demo.title, summary: demo.summary }
    : { title: lesson.title, summary: lesson.summary };
}

/** A claim, what the paper says, and why it may not hold here. */
export interface ClaimWords {
  text: string;
  says: string;
  note: string | undefined;
}

/** The words of a claim in a language: `text | what the paper says | note` in the lesson's words. */
export function wordsOfClaim(demo: DemoEntry, claim: Claim, code: LanguageCode): ClaimWords {
  const [text, says, note] = demo.lessons[code]?.words[ruleOf(claim)]?.split(' | ') ?? [];
  return {
    text: text ?? claim.text,
    says: says ?? claim.paper.says,
    note: claim.note && (note ?? claim.note),
  };
}

/** The configuration with arms that still have the demo's names named in this language. */
export function withNamesIn(config: LabConfig, demo: DemoEntry, code: LanguageCode): LabConfig {
  const nameIn = (id: string, name: string, in_: LanguageCode): string =>
    demo.lessons[in_]?.words[id] ?? demo.config.arms.find((a) => a.id === id)?.name ?? name;
  return {
    ...config,
    arms: config.arms.map((arm) =>
      LANGUAGE_CODES.some((other) => nameIn(arm.id, '', other) === arm.name)
        ? { ...arm, name: nameIn(arm.id, arm.name, code) }
        : arm,
    ),
  };
}
