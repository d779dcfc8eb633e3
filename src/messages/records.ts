/** What is wrong with a stored run or a recording. */
export interface RecordCodes {
  /** A file whose keys were changed by hand. */
  'record.keys': object;
  /** Rows of a stage that run backwards, or past its end. */
  'record.order': object;
  /** Two places of a file that have to say the same. */
  'record.differs': { from: string };
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
  'record.order': () => 'its place is not between that of the row before and the end of the stage',
  'record.differs': ({ from }) => `is not the same as ${from}`,
  'recording.none': ({ demo }) => `there is no recording of ${demo}`,
  'recording.outdated': ({ stages }, names) =>
    `it was made by an earlier version of ${stages.map((s) => names.stage(s)).join(', ')}, or with other settings`,
};

export const zh: RecordSentences = {
  'record.keys': () => '其中的键互不相符，文件被人改动过',
  'record.order': () => '位置不在前一行与该阶段末尾之间',
  'record.differs': ({ from }) => `与 ${from} 不一致`,
  'recording.none': ({ demo }) => `${demo} 没有保存的记录`,
  'recording.outdated': ({ stages }, names) =>
    `它由 ${stages.map((s) => names.stage(s)).join('、')} 的较早版本生成，或所用设置不同`,
};
