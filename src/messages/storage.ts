/** Why work cannot be kept in the browser. */
export interface StorageCodes {
  /** The browser does not let the page store anything. */
  'storage.denied': object;
  /** The database was written by a newer version of the page. */
  'storage.newer': object;
  /** An older version of the page in another tab holds the database. */
  'storage.blocked': object;
  /** A newer version of the page has taken over. */
  'storage.replaced': object;
  /** The browser has closed the database. */
  'storage.lost': object;
  'storage.full': object;
  /** In whatever words the browser has. */
  'storage.failed': { reason: string };
  /** Another tab computes the same. */
  'storage.elsewhere': object;
  /** A checkpoint does not fit the stage any more. */
  'storage.startedAgain': object;
  /** A stage went on on another backend. */
  'storage.otherBackend': { from: string; to: string };
}

/** Names as a person reads them. */
interface Pen {
  backend(name: string): string;
}

type Sentences = {
  [C in keyof StorageCodes]: (values: StorageCodes[C], pen: Pen) => string;
};

export const en: Sentences = {
  'storage.denied': () =>
    'This browser does not let the page store anything (a private window, or blocked cookies). The lab works, but a reload loses what it learns.',
  'storage.newer': () =>
    'What is stored was written by a newer version of this page. It is left as it is; nothing is stored until the page is reloaded in that version.',
  'storage.blocked': () =>
    'Another tab has an older version of this page open. Nothing is stored until that tab is closed.',
  'storage.replaced': () =>
    'A newer version of this page was opened in another tab and keeps the stored work now. Nothing more is stored here: reload this tab.',
  'storage.lost': () =>
    'The browser has closed the store. Nothing more is stored until the page is reloaded.',
  'storage.full': () =>
    'There is no room left in the browser’s store. What was stored before is safe; what is new is only in this tab until something is deleted.',
  'storage.failed': ({ reason }) => `The browser could not store it: ${reason}`,
  'storage.elsewhere': () =>
    'Another tab is training the same and stores it. What this tab trains of it is not stored.',
  'storage.startedAgain': () =>
    'Its checkpoint was made by another version of this page: the stage was started again.',
  'storage.otherBackend': ({ from, to }, { backend }) =>
    `It went on on ${backend(to)} from a checkpoint made on ${backend(from)}: the rest is as good, but not digit for digit the same.`,
};

export const zh: Sentences = {
  'storage.denied': () =>
    '浏览器不允许本页存储数据（无痕窗口，或已禁用 Cookie）。实验室照常工作，但重新加载会丢失训练结果。',
  'storage.newer': () => '已存的内容由本页的更新版本写入，现保持原样；用那个版本重新加载之前，不再存储。',
  'storage.blocked': () => '另一个标签页开着本页的旧版本。关闭它之前，不会存储任何内容。',
  'storage.replaced': () =>
    '另一个标签页打开了本页的更新版本，已存的内容现由它保管。此处不再存储：请重新加载本标签页。',
  'storage.lost': () => '浏览器关闭了存储。重新加载本页之前，不再存储。',
  'storage.full': () =>
    '浏览器的存储空间已满。先前存下的都在；新的内容只在本标签页中，直到删除一些内容为止。',
  'storage.failed': ({ reason }) => `浏览器未能存储：${reason}`,
  'storage.elsewhere': () => '另一个标签页正在训练相同的内容并负责存储；本标签页训练的这一部分不再存储。',
  'storage.startedAgain': () => '它的检查点来自本页的另一个版本：该阶段已重新开始。',
  'storage.otherBackend': ({ from, to }, { backend }) =>
    `从 ${backend(from)} 上的检查点改在 ${backend(to)} 上继续：结果同样可靠，但不会逐位相同。`,
};
