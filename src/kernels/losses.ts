/** Numbers by which shaders tell the forms of `preferenceLoss` apart. */
export const PREFERENCE_FORMS = { sigmoid: 0, ipo: 1, hinge: 2 } as const;

/** One of `count`: not a number where rows have nothing to count, 0 where there are no rows. */
export const shareOf = (count: number, rows: number): number =>
  rows === 0 ? 0 : count === 0 ? NaN : 1 / count;
