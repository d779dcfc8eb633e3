import type { Sentences } from './codes';
import { en as records } from './records';

export const en: Sentences = {
  ...records,
  foreign: ({ text }) => text,
};
