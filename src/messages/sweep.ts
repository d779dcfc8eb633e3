/** What is wrong with the values of a sweep; the sentence follows the name of the setting. */
export interface SweepCodes {
  /** Equal ratios cannot begin at zero. */
  'sweep.log': { got: string };
}

type Sentences = { [C in keyof SweepCodes]: (values: SweepCodes[C]) => string };

export const en: Sentences = {
  'sweep.log': ({ got }) => `must begin and end above 0 where its steps are equal ratios (got ${got})`,
};

export const zh: Sentences = {
  'sweep.log': ({ got }) => `按等比取值时起点和终点必须大于 0（现为 ${got}）`,
};
