import type { Sentences } from './codes';

export const zh: Sentences = {
  foreign: ({ text }) => text,
};
