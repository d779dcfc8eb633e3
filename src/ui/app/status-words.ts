import type { Standing, Standings } from '../store/references';
import { i18n } from '../i18n';
import { fixed, percent, spaced } from '../i18n/format';
import { nameList, separated } from '../i18n/list';
import { referenceName } from '../i18n/reference';

/** With its figures an arm takes more room. */
const MOST_ARMS = 3;
/** References that get a list of their own. */
const MOST_LISTS = 2;

const armText = ({ name, winRate, kl }: Standing): string =>
  i18n.t('status.doneArm', { name, winRate: percent(winRate), kl: fixed(kl, 1) });

/** Every arm of a short list; of a longer one the best, and the range of the others. */
function armsText(arms: readonly Standing[]): string {
  if (arms.length <= MOST_ARMS) return separated(arms.map(armText));
  const [best, ...others] = [...arms].sort((a, b) => b.winRate - a.winRate) as [Standing, ...Standing[]];
  return i18n.t('status.doneOthers', {
    best: armText(best),
    others: String(others.length),
    low: percent(others.at(-1)!.winRate),
    high: percent(others[0]!.winRate),
  });
}

/** What came out: how often arms beat what they started from, a list for each of these models. */
export function doneSentence(standings: readonly Standings[], troubled: readonly string[] = []): string {
  if (standings.length === 0) return i18n.t('status.doneTable');
  const lists: string[] = standings
    .slice(0, MOST_LISTS)
    .map(({ reference, arms }) =>
      i18n.t('status.doneOver', { reference: referenceName(reference), arms: armsText(arms) }),
    );
  const rest = standings.slice(MOST_LISTS).reduce((sum, { arms }) => sum + arms.length, 0);
  if (rest > 0) lists.push(i18n.t('status.doneElsewhere', { others: String(rest) }));
  const results = lists.join(i18n.t('status.semicolon'));
  if (troubled.length === 0) return spaced(i18n.t('status.done', { results }));
  return spaced(i18n.t('status.doneTrouble', { results, names: nameList(troubled) }));
}
