import type { Demo } from '../../pipeline/records/demo';
import type { en } from '../i18n/en';
import { figuresToShow } from './figures';
import type { FigureBook } from './figure-book';

export type GroupName = keyof typeof en.results.groups;

/** Figures that stand in a table of their own, because they answer another question than the main one. */
const GROUPS: readonly [GroupName, readonly string[]][] = [
  ['pairs', ['deltaChosen', 'deltaRejected', 'implicitAccuracy']],
  ['steps', ['clipFraction', 'ratioSpread']],
  ['peak', ['peak.gold', 'peak.kl', 'fit.alpha', 'fit.beta', 'fit.r2', 'fit.r2Other', 'fit.peakKl']],
  ['labelers', ['labelerWinRate.train', 'labelerWinRate.heldOut']],
  ['tax', ['webLoss', 'fewShot']],
  ['cost', ['trainingExamples', 'tokensPerQuestion', 'mflopPerQuestion']],
];

const ELSEWHERE = new Set(GROUPS.flatMap(([, names]) => names));
const isPair = (name: string): boolean => /^(winRate\/|winRate@|gold@)/.test(name);

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
