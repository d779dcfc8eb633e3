import type { Sentences } from './codes';

export const zh: Sentences = {
  foreign: ({ text }) => text,
  'loss.noTokens': ({ rows }) => `没有可学习的内容：一个批次的 ${rows} 条序列都没有续写词元`,
};
