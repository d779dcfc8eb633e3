/** The figures that could be measured: what is undefined is left out. */
export const present = (figures: Record<string, number | undefined>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(figures).filter((entry): entry is [string, number] => entry[1] !== undefined),
  );
