import { expect, it } from 'vitest';
import { ruleAnswer } from '../../../src/pipeline/contract/rule-answer';
import { BOS, encode, EOS } from '../../../src/world';

const prompt = [BOS, ...encode(['review:', 'the'])];

it('an answer is its words, whether it ended, and the words of its prompt', () => {
  const words = encode(['movie', '.']);
  const said = { words: ['movie', '.'], prompt: ['review:', 'the'] };
  expect(ruleAnswer({ ids: [...prompt, ...words, EOS], start: 3 })).toEqual({ ...said, finished: true });
  expect(ruleAnswer({ ids: [...prompt, ...words], start: 3 })).toEqual({ ...said, finished: false });
  expect(ruleAnswer({ ids: [...prompt, EOS], start: 3 })).toEqual({ ...said, words: [], finished: true });
  expect(ruleAnswer({ ids: prompt, start: 3 })).toEqual({ ...said, words: [], finished: false });
});
