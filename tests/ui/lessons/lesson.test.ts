import { describe, expect, it } from 'vitest';
import { inlinesOf, parseLesson, settingsOfLink } from '../../../src/ui/lessons/lesson';

describe('the parser', () => {
  const LESSON = ['# T', 'One', 'sentence.', ...[]].join('\n');
  const steps = 'What and why|Predict|What to watch|What the paper found|Things to break|Discuss'
    .split('|')
    .map((h) => `## ${h}\ntext **bold** and [KL](#kl)\n\n- one\n  two\n- [set](?ppo.klCoef=0)`)
    .join('\n\n');

  it('splits a lesson into its steps', () => {
    const lesson = parseLesson(`${LESSON}\n\n${steps}\n## 译文\n- \`ppo\`: 甲\n- \`a.x > b.y\`: 论断 | 论文`);
    expect(lesson.title).toBe('T');
    expect(lesson.summary).toBe('One sentence.');
    expect(lesson.steps.why).toEqual([
      {
        type: 'paragraph',
        content: [
          { type: 'text', text: 'text ' },
          { type: 'strong', text: 'bold' },
          { type: 'text', text: ' and ' },
          { type: 'link', text: 'KL', to: '#kl' },
        ],
      },
      {
        type: 'list',
        items: [[{ type: 'text', text: 'one two' }], [{ type: 'link', text: 'set', to: '?ppo.klCoef=0' }]],
      },
    ]);
    expect(lesson.words).toEqual({ ppo: '甲', 'a.x > b.y': '论断 | 论文' });
  });

  it('names what is wrong', () => {
    expect(() => parseLesson('no title')).toThrow('# title');
    expect(() => parseLesson('# T\n## Nonsense\nx')).toThrow('Nonsense');
    expect(() => parseLesson('# T\n## Predict\nx')).toThrow('"why" is missing');
  });

  it('reads links and settings', () => {
    expect(inlinesOf('a `b` c')).toEqual([
      { type: 'text', text: 'a ' },
      { type: 'code', text: 'b' },
      { type: 'text', text: ' c' },
    ]);
    expect(inlinesOf('a $\\beta[x](y)$。b')).toEqual([
      { type: 'text', text: 'a ' },
      { type: 'math', text: '\\beta[x](y)' },
      { type: 'text', text: '。b' },
    ]);
    expect(settingsOfLink('?ppo/sft.steps=3&dpo.beta=0.1')).toEqual([
      { node: 'ppo/sft', name: 'steps', value: '3' },
      { node: 'dpo', name: 'beta', value: '0.1' },
    ]);
    expect(settingsOfLink('#kl')).toBeUndefined();
  });
});
