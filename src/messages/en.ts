import type { Sentences } from './codes';
import { en as files } from './files';
import { en as records } from './records';

export const en: Sentences = {
  ...files,
  ...records,
  foreign: ({ text }) => text,
};
