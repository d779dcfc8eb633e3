/** What is wrong with a stored run or a recording. */
export interface RecordCodes {
  /** A file whose keys were changed by hand. */
  'record.keys': object;
  'recording.none': { demo: string };
  /** Nothing of a recording is what today's code would compute; the stages that have changed. */
  'recording.outdated': { stages: string[] };
}

interface Names {
  stage(name: string): string;
}

type RecordSentences = { [C in keyof RecordCodes]: (values: RecordCodes[C], names: Names) => string };

export const en: RecordSentences = {
  'record.keys': () => 'its keys do not belong together; the file was changed by hand',
  'recording.none': ({ demo }) => `there is no recording of ${demo}`,
  'recording.outdated': ({ stages }, names) =>
    `it was made by an earlier version of ${stages.map((s) => names.stage(s)).join(', ')}, or with other settings`,
};

export const zh: RecordSentences = {
  'record.keys': () => '其中的键互不相符，文件被人改动过',
  'recording.none': ({ demo }) => `${demo} 没有保存的记录`,
  'recording.outdated': ({ stages }, names) =>
    `它由 ${stages.map((s) => names.stage(s)).join('、')} 的较早版本生成，或所用设置不同`,
};
