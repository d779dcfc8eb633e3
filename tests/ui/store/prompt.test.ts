import { describe, expect, it } from 'vitest';
import { TASK_NAMES } from '../../../src/world';
import { firstPrompt, nextPrompt, readPrompt } from '../../../src/ui/store/prompt';

describe('readPrompt', () => {
  it('names unknown words', () => {
    expect(readPrompt('review', 'tiny', 'the zorgly movie was blarg')).toEqual({
      status: 'unknown',
      words: ['zorgly', 'blarg'],
    });
  });

  it('gives examples when the words are known but the form is not the task’s', () => {
    const reading = readPrompt('chat', 'tiny', 'the movie was');
    expect(reading.status).toBe('wrongForm');
    if (reading.status === 'wrongForm') expect(reading.examples.length).toBeGreaterThan(0);
  });

  it('says when a prompt is too long for the model', () => {
    const reading = readPrompt('review', 'tiny', `the movie was ${'very '.repeat(80)}`);
    expect(reading.status === 'tooLong' || reading.status === 'unknown').toBe(true);
    expect(readPrompt('review', 'tiny', 'the movie was '.repeat(30)).status).toBe('tooLong');
  });

  it('reads a prompt of the task', () => {
    const reading = readPrompt('review', 'tiny', 'Review: the movie was');
    expect(reading.status).toBe('ready');
    if (reading.status === 'ready') expect(reading.prompt.text).toBe('review: the movie was');
  });

  it.each(TASK_NAMES)('%s: opening and next prompts can be read back as they are shown', (task) => {
    for (const prompt of [firstPrompt(task, 'tiny'), nextPrompt(task, 0), nextPrompt(task, 1)])
      expect(readPrompt(task, 'tiny', prompt.text).status).toBe('ready');
  });
});
