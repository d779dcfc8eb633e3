import type { Sentences } from './codes';
import { zh as records } from './records';

export const zh: Sentences = {
  ...records,
  foreign: ({ text }) => text,
};
