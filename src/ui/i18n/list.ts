import { i18n } from './index';
import { spaced } from './format';

/** A list names at most this many: a trunk trained live and two arms are five. */
const MOST_NAMES = 5;

/** One after the other; names that have commas of their own are kept apart by more than a comma. */
export const separated = (names: readonly string[]): string =>
  names.join(i18n.t(names.some((name) => /[,，、]/.test(name)) ? 'status.semicolon' : 'status.comma'));

/** "a, b and c"; of more than five the first four and how many others there are. */
export function nameList(names: readonly string[]): string {
  if (names.length > MOST_NAMES) {
    const first = separated(names.slice(0, MOST_NAMES - 1));
    return spaced(
      i18n.t('status.andOthers', { names: first, others: String(names.length - MOST_NAMES + 1) }),
    );
  }
  if (names.length < 2) return names[0] ?? '';
  return spaced(separated(names.slice(0, -1)) + i18n.t('status.and') + names.at(-1)!);
}
