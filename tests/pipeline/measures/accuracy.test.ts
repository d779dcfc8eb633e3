import { describe, expect, it } from 'vitest';
import { questionOf, type Question } from '../../../src/pipeline/data/questions';
import { isRight, templateSpread } from '../../../src/pipeline/measures/accuracy';
import { rngFrom } from '../../../src/random/rng';
import { BOS, decode, encode, EOS, instructionExample } from '../../../src/world';

describe('answers', () => {
  const question: Question = {
    cluster: 'capital',
    template: 0,
    prompt: [BOS],
    answer: encode(['mip']),
  };
  it.each([
    [['mip', '.'], true],
    [['mip', ','], true],
    [['mip', '<eos>'], true],
    [['mip', 'mip'], false],
    [['mip'], false],
    [['tarn', '.'], false],
    [['the', 'mip', '.'], false],
  ])('%j to "mip" is right: %s', (words, right) => {
    expect(isRight(question, encode(words))).toBe(right);
    expect(EOS).toBe(encode(['<eos>'])[0]);
  });

  it('of a question are those of its example, without the full stop', () => {
    const example = instructionExample(rngFrom(3), 'reverse', 2, 'heldOut');
    const { prompt, answer } = questionOf(example);
    expect(decode(prompt.slice(1))).toEqual(example.prompt);
    expect([...decode(answer), '.']).toEqual(example.answer);
  });

  it('spread over the wordings: median and quartiles of the cells', () => {
    const questions = [12, 12, 13, 13, 14, 14].map((template) => ({ ...question, template }));
    const spread = templateSpread(questions, [0, 0, 1, 0, 1, 1], ['capital']);
    expect(spread).toEqual({ median: 0.5, q1: 0.25, q3: 0.75, iqr: 0.5 });
    const none = templateSpread(questions, [1, 1, 1, 1, 1, 1], ['king']);
    expect(none).toEqual({ median: 0, q1: 0, q3: 0, iqr: 0 });
  });
});
