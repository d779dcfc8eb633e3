import type { ArmConfig } from '../../pipeline/lab/config';

/** Style of every arm by id: arms that stay keep theirs, new ones take the lowest that is free. */
export function armStyles(
  arms: readonly ArmConfig[],
  before: Readonly<Record<string, number>> = {},
): Record<string, number> {
  const styles: Record<string, number> = {};
  for (const { id } of arms) if (Object.hasOwn(before, id)) styles[id] = before[id]!;
  for (const { id } of arms) {
    if (Object.hasOwn(styles, id)) continue;
    const used = new Set(Object.values(styles));
    let free = 0;
    while (used.has(free)) free++;
    styles[id] = free;
  }
  return styles;
}
