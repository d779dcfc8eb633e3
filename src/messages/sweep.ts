/** What is wrong with the values of a sweep; the sentence follows the name of the setting. */
export interface SweepCodes {
  'sweep.none': object;
  'sweep.many': { most: number; got: number };
  'sweep.steps': { min: number; max: number; got: string };
  /** Equal ratios cannot begin at zero. */
  'sweep.log': { got: string };
}

type Sentences = { [C in keyof SweepCodes]: (values: SweepCodes[C]) => string };

export const en: Sentences = {
  'sweep.none': () => 'needs at least one value',
  'sweep.many': ({ most, got }) => `may have at most ${most} values (got ${got})`,
  'sweep.steps': ({ min, max, got }) =>
    `must be a range like 0.02:2:5, from, to and ${min} to ${max} values (got ${got})`,
  'sweep.log': ({ got }) => `must begin above 0 where its steps are equal ratios (got ${got})`,
};

export const zh: Sentences = {
  'sweep.none': () => '至少需要一个值',
  'sweep.many': ({ most, got }) => `最多 ${most} 个值（现为 ${got} 个）`,
  'sweep.steps': ({ min, max, got }) =>
    `必须是形如 0.02:2:5 的范围：起点、终点和 ${min} 到 ${max} 个值（现为 ${got}）`,
  'sweep.log': ({ got }) => `按等比取值时必须从大于 0 的数开始（现为 ${got}）`,
};
