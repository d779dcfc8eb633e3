/** What is wrong with a row of a file of one's own data; the sentence stands beside the row. */
export interface OwnRowCodes {
  'own.noObject': object;
  /** Of none of the formats. */
  'own.columns': { found: readonly string[] };
  'own.mixed': { kind: string; expected: string };
  /** A conversation of more than one question and one answer. */
  'own.turns': { role: string };
  'own.unknownWords': { words: readonly string[] };
  'own.empty': { column: string };
  'own.same': object;
  /** A prompt to learn on that is not of the task's form. */
  'own.form': { row: number; prompt: string };
}

type Sentences = { [C in keyof OwnRowCodes]: (values: OwnRowCodes[C]) => string };

const FORMATS: Readonly<Record<string, string>> = {
  pairs: 'prompt, chosen, rejected',
  demonstrations: 'prompt, completion',
  prompts: 'prompt',
};

export const en: Sentences = {
  'own.noObject': () => 'This is no object with columns.',
  'own.columns': ({ found }) =>
    `No format fits: there must be “prompt” and “completion”, or “prompt”, “chosen” and “rejected”, or “prompt” alone; found: ${found.join(', ') || 'nothing'}.`,
  'own.mixed': ({ kind, expected }) =>
    `Another format than in the rows before: ${FORMATS[kind] ?? kind} in place of ${FORMATS[expected] ?? expected}.`,
  'own.turns': ({ role }) =>
    `A conversation must be one message by “${role}” here, with its text as “content”.`,
  'own.unknownWords': ({ words }) => `Not in the vocabulary: ${words.join(', ')}.`,
  'own.empty': ({ column }) => `There are no words in “${column}”.`,
  'own.form': ({ row, prompt }) =>
    `Prompt ${row} (“${prompt}”) is not of this task’s form, so nobody knows what a good answer to it is: take it out, or choose another task.`,
  'own.same': () => 'The chosen and the rejected answer are the same.',
};

export const zh: Sentences = {
  'own.noObject': () => '这不是带有列的对象。',
  'own.columns': ({ found }) =>
    `不符合任何格式：必须有“prompt”和“completion”，或“prompt”、“chosen”和“rejected”，或只有“prompt”；实际为：${found.join('、') || '无'}。`,
  'own.mixed': ({ kind, expected }) =>
    `与前面各行的格式不同：应为 ${FORMATS[expected] ?? expected}，实为 ${FORMATS[kind] ?? kind}。`,
  'own.turns': ({ role }) => `这里的对话必须是“${role}”的一条消息，文字写在“content”中。`,
  'own.unknownWords': ({ words }) => `词表中没有：${words.join('、')}。`,
  'own.empty': ({ column }) => `“${column}”中没有词。`,
  'own.form': ({ row, prompt }) =>
    `第 ${row} 个提示（“${prompt}”）不是本任务的形式，没有人知道怎样的回答算好：请去掉它，或另选任务。`,
  'own.same': () => '被选中的回答与被拒绝的回答相同。',
};
