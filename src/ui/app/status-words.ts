import type { Standing, Standings } from '../store/references';
import { i18n } from '../i18n';
import { fixed, percent, spaced } from '../i18n/format';
import { referenceName } from '../i18n/reference';

/** A list names at most this many: a trunk trained live and two arms are five. */
const MOST_NAMES = 5;
/** With its figures an arm takes more room. */
const MOST_ARMS = 3;
/** References that get a list of their own. */
const MOST_LISTS = 2;

/** "a, b and c"; of more than five the first four and how many others there are. */
export function nameList(names: readonly string[]): string {
  const comma = i18n.t('status.comma');
  if (names.length > MOST_NAMES) {
    const first = names.slice(0, MOST_NAMES - 1).join(comma);
    return spaced(
      i18n.t('status.andOthers', { names: first, others: String(names.length - MOST_NAMES + 1) }),
    );
  }
  if (names.length < 2) return names[0] ?? '';
  return spaced(names.slice(0, -1).join(comma) + i18n.t('status.and') + names.at(-1)!);
}

const armText = ({ name, winRate, kl }: Standing): string =>
  i18n.t('status.doneArm', { name, winRate: percent(winRate), kl: fixed(kl, 1) });

/** Every arm of a short list; of a longer one the best, and the range of the others. */
function armsText(arms: readonly Standing[]): string {
  if (arms.length <= MOST_ARMS) return arms.map(armText).join(i18n.t('status.comma'));
  const [best, ...others] = [...arms].sort((a, b) => b.winRate - a.winRate) as [Standing, ...Standing[]];
  return i18n.t('status.doneOthers', {
    best: armText(best),
    others: String(others.length),
    low: percent(others.at(-1)!.winRate),
    high: percent(others[0]!.winRate),
  });
}

/** What came out: how often arms beat what they started from, a list for each of these models. */
export function doneSentence(standings: readonly Standings[]): string {
  if (standings.length === 0) return i18n.t('status.doneTable');
  const lists: string[] = standings
    .slice(0, MOST_LISTS)
    .map(({ reference, arms }) =>
      i18n.t('status.doneOver', { reference: referenceName(reference), arms: armsText(arms) }),
    );
  const rest = standings.slice(MOST_LISTS).reduce((sum, { arms }) => sum + arms.length, 0);
  if (rest > 0) lists.push(i18n.t('status.doneElsewhere', { others: String(rest) }));
  return spaced(i18n.t('status.done', { results: lists.join(i18n.t('status.semicolon')) }));
}
