import { FIGURE_GROUPS } from '../../pipeline/contract/figures';
import type { Demo } from '../../pipeline/records/demo';
import { FIGURES, parseFigure } from '../../pipeline/stages/traits';
import type { en } from '../i18n/en';
import { figuresToShow } from './figures';
import type { FigureBook } from './figure-book';

export type GroupName = keyof typeof en.results.groups;

/** Declared figures that stand in a table of their own, because they answer another question than the main one. */
const GROUPS = FIGURE_GROUPS.filter((group) => group !== 'main').map(
  (group) => [group, Object.keys(FIGURES).filter((name) => FIGURES[name]!.group === group)] as const,
);

const ELSEWHERE = new Set(GROUPS.flatMap(([, names]) => names));
/** Has a table or chart of its own: head to head, by temperature. */
const isPair = (name: string): boolean => {
  const { opponent, temperature } = parseFigure(name);
  return opponent !== undefined || temperature !== undefined;
};

export interface FigureGroup {
  name: GroupName;
  figures: string[];
}

/** The figures that there are, by question; those the lesson is about come first. */
export function figureGroups(
  book: FigureBook,
  demo: Pick<Demo, 'chart' | 'claims'> | undefined,
): FigureGroup[] {
  const wanted = figuresToShow(book.arms, demo);
  const main = wanted.filter((name, i) => i === 0 || (!ELSEWHERE.has(name) && !isPair(name)));
  return [['main', main] as const, ...GROUPS]
    .map(([name, figures]) => ({
      name,
      figures: figures.filter((f, i) => (name === 'main' && i === 0) || book.has(f)),
    }))
    .filter((group) => group.figures.length > 0);
}
