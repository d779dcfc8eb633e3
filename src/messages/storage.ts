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

export type StorageSentences = {
  [C in keyof StorageCodes]: (values: StorageCodes[C], pen: Pen) => string;
};

export const en: StorageSentences = {
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
