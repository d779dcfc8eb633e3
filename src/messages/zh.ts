import type { Sentences } from './codes';
import { zh as files } from './files';
import { zh as records } from './records';

export const zh: Sentences = {
  ...files,
  ...records,
  foreign: ({ text }) => text,
};
