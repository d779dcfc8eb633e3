import { STAGES } from '../stages';
import { isLimit, parseFigure, type StageInUse } from '../stages/traits';

/**
 * The arms that a figure between arms is about besides its own: of `winRate/<other>` the other, of `gap` the
 * limit, of every other figure none. `arms` in the order of the run: the first limit is the one that counts. They may be
 * those of earlier code, with stages that are gone.
 */
export function partnersOf(figure: string, arms: readonly (StageInUse & { id: string })[]): string[] {
  const { base, opponent } = parseFigure(figure);
  if (opponent !== undefined) return [opponent];
  if (base !== 'gap') return [];
  const limit = arms.find((arm) => Object.hasOwn(STAGES, arm.stage) && isLimit(arm)); // a stored one may be gone
  return limit ? [limit.id] : [];
}
