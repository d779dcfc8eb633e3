import type { Sentences } from './codes';

export const en: Sentences = {
  foreign: ({ text }) => text,
  'loss.noTokens': ({ rows }) =>
    `there is nothing to learn from: none of the ${rows} sequences of a batch has a completion token`,
};
