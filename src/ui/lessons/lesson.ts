import { message, MessageError } from '../../messages';

/** The steps of a lesson that are written down; the others are made from the demo itself. */
export const LESSON_STEPS = ['why', 'predict', 'watch', 'found', 'break', 'discuss'] as const;
export type LessonStep = (typeof LESSON_STEPS)[number];

/** Headings of a lesson file, in any language. */
const HEADINGS: Readonly<Record<string, LessonStep | 'compares' | 'words'>> = {
  Compares: 'compares',
  'What and why': 'why',
  Predict: 'predict',
  'What to watch': 'watch',
  'What the paper found': 'found',
  'Things to break': 'break',
  Discuss: 'discuss',
  比较: 'compares',
  '是什么，为什么': 'why',
  预测: 'predict',
  看什么: 'watch',
  论文的发现: 'found',
  试着弄坏它: 'break',
  讨论: 'discuss',
  译文: 'words',
};

/** A piece of running text; `math` is LaTeX, written between dollar signs. */
export type Inline =
  { type: 'text' | 'strong' | 'code' | 'math'; text: string } | { type: 'link'; text: string; to: string };

export type Block = { type: 'paragraph'; content: Inline[] } | { type: 'list'; items: Inline[][] };

/** A lesson file: a title, one sentence, and its steps. */
export interface Lesson {
  title: string;
  summary: string;
  /** What is compared, in a few words. */
  compares: string;
  steps: Record<LessonStep, Block[]>;
  /** Translations of what the demo says in English: names of arms by id, claims by their rule. */
  words: Readonly<Record<string, string>>;
}

/** Reads a lesson. Throws an Error that names a heading it does not know or a step that is missing. */
export function parseLesson(text: string): Lesson {
  const [head = '', ...sections] = text.replaceAll('\r', '').split(/^## /m);
  const title = /^# (.+)$/m.exec(head)?.[1]?.trim();
  if (!title) throw new MessageError(message('lesson.title', {}));
  const lesson: Lesson = {
    title,
    summary: plain(head.replace(/^# .+$/m, '')),
    compares: '',
    steps: { why: [], predict: [], watch: [], found: [], break: [], discuss: [] },
    words: {},
  };
  for (const section of sections) {
    const end = section.indexOf('\n');
    const heading = section.slice(0, end < 0 ? undefined : end).trim();
    const body = end < 0 ? '' : section.slice(end);
    const kind = HEADINGS[heading];
    if (!kind) throw new MessageError(message('lesson.heading', { heading }));
    if (kind === 'compares') lesson.compares = plain(body);
    else if (kind === 'words') lesson.words = wordsOf(body);
    else lesson.steps[kind] = blocksOf(body);
  }
  const missing = LESSON_STEPS.find((step) => lesson.steps[step].length === 0);
  if (missing) throw new MessageError(message('lesson.step', { step: missing }));
  return lesson;
}

const plain = (text: string): string => text.trim().replace(/\s+/g, ' ');

/** `- key: words` per line. */
function wordsOf(body: string): Record<string, string> {
  const lines = body.split('\n').flatMap((line) => {
    const match = /^- `([^`]+)`[:：]\s*(.+)$/.exec(line.trim());
    return match ? [[match[1]!, match[2]!] as const] : [];
  });
  return Object.fromEntries(lines);
}

/** Paragraphs and lists, with empty lines between them. */
export function blocksOf(body: string): Block[] {
  return body
    .split(/\n\s*\n/)
    .map((block) => block.trim())
    .filter((block) => block !== '')
    .map((block): Block => {
      if (!block.startsWith('- ')) return { type: 'paragraph', content: inlinesOf(joined(block)) };
      const items = block.split(/^- /m).filter((item) => item.trim() !== '');
      return { type: 'list', items: items.map((item) => inlinesOf(joined(item))) };
    });
}

/** Lines of a paragraph as one; no space between Chinese characters. */
const joined = (text: string): string =>
  text
    .trim()
    .replace(/(.)\s*\n\s*(.)/gu, (_, a: string, b: string) => (isWide(a) || isWide(b) ? a + b : `${a} ${b}`));

const isWide = (char: string): boolean => /[\u3000-\u9fff\uff00-\uffef]/u.test(char);

const INLINE =
  /\*\*(?<strong>[^*]+)\*\*|`(?<code>[^`]+)`|\$(?<math>[^$]+)\$|\[(?<text>[^\]]+)\]\((?<to>[^)\s]+)\)/g;

export function inlinesOf(text: string): Inline[] {
  const parts: Inline[] = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > from) parts.push({ type: 'text', text: text.slice(from, match.index) });
    const { strong, code, math, text: label, to } = match.groups!;
    if (strong !== undefined) parts.push({ type: 'strong', text: strong });
    else if (code !== undefined) parts.push({ type: 'code', text: code });
    else if (math !== undefined) parts.push({ type: 'math', text: math });
    else parts.push({ type: 'link', text: label!, to: to! });
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push({ type: 'text', text: text.slice(from) });
  return parts;
}

/** `?ppo.klCoef=0&ppo.iterations=150` as a list of node, setting, value; undefined for any other link. */
export function settingsOfLink(to: string): { node: string; name: string; value: string }[] | undefined {
  if (!to.startsWith('?')) return undefined;
  return [...new URLSearchParams(to)].map(([path, value]) => {
    const dot = path.indexOf('.');
    return { node: path.slice(0, dot), name: path.slice(dot + 1), value };
  });
}
