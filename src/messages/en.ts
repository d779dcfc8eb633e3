import type { Sentences } from './codes';

export const en: Sentences = {
  foreign: ({ text }) => text,
};
