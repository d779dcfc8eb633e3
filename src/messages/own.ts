/** What there is to say of a person's own data. */
export interface OwnCodes {
  /** A stage that learns from own data was given none. */
  'own.none': { kind: string };
  /** It is named, but not in this browser. */
  'own.missing': { kind: string; hash: string };
  /** It is not what its name (a hash) says. */
  'own.hash': { hash: string };
  /** It is of no kind that there is. */
  'own.kind': { known: readonly string[] };
  /** Words outside the vocabulary. */
  'own.words': { words: readonly string[] };
  /** A row, counted from 1, is longer than the model reads. */
  'own.tooLong': { row: number; tokens: number; most: number };
}

type Sentences = { [C in keyof OwnCodes]: (values: OwnCodes[C]) => string };

const KINDS_EN: Readonly<Record<string, string>> = {
  pairs: 'labels',
  demonstrations: 'demonstrations',
  prompts: 'prompts',
  text: 'a text',
  reward: 'a reward function',
};

const KINDS_ZH: Readonly<Record<string, string>> = {
  pairs: '标注',
  demonstrations: '示范',
  prompts: '提示',
  text: '文本',
  reward: '奖励函数',
};

export const en: Sentences = {
  'own.none': ({ kind }) =>
    `This stage learns from ${KINDS_EN[kind] ?? kind} of your own, and none was chosen in its settings.`,
  'own.missing': ({ kind, hash }) =>
    `This stage learns from ${KINDS_EN[kind] ?? kind} that this browser does not have (${hash.slice(0, 8)}). A link names own data and does not carry it: import the data here, or choose other data in the settings.`,
  'own.hash': ({ hash }) => `The data named ${hash.slice(0, 8)} is not what the name stands for.`,
  'own.kind': ({ known }) => `This is no data of a known kind (${known.join(', ')}).`,
  'own.words': ({ words }) => `These words are not in the vocabulary: ${words.join(', ')}.`,
  'own.tooLong': ({ row, tokens, most }) =>
    `Row ${row} is ${tokens} tokens long, and the model reads at most ${most}: shorten or remove it.`,
};

export const zh: Sentences = {
  'own.none': ({ kind }) => `此阶段要从您自己的${KINDS_ZH[kind] ?? kind}中学习，但设置中尚未选定。`,
  'own.missing': ({ kind, hash }) =>
    `此阶段要用的自备${KINDS_ZH[kind] ?? kind}（${hash.slice(0, 8)}）不在此浏览器中。链接只写数据的名称，不带数据本身：请在此导入数据，或在设置中另选。`,
  'own.hash': ({ hash }) => `名为 ${hash.slice(0, 8)} 的数据与该名称不符。`,
  'own.kind': ({ known }) => `这不是已知种类的数据（${known.join('、')}）。`,
  'own.words': ({ words }) => `词表中没有这些词：${words.join('、')}。`,
  'own.tooLong': ({ row, tokens, most }) =>
    `第 ${row} 行长 ${tokens} 个词元，而模型最多读 ${most} 个：请缩短或删除。`,
};
