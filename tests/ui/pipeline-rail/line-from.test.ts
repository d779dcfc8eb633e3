import { expect, it } from 'vitest';
import { lineFrom } from '../../../src/ui/pipeline-rail/line-from';

it('draws the line to an arm from what it learns from, wherever that stands in the trunk', () => {
  const trunk = ['pretrain', 'sft', 'preferences', 'reward'];
  expect(lineFrom('ppo', trunk)).toBe('reward');
  expect(lineFrom('dpo', trunk)).toBe('preferences');
  expect(lineFrom('unlikelihood', trunk)).toBe('preferences');
  expect(lineFrom('online-dpo', trunk)).toBe('reward'); // it draws its own pairs
  expect(lineFrom('dpo', [...trunk, 'distil'])).toBe('preferences');
  expect(lineFrom('probe', ['pretrain', 'sft'])).toBe('sft');
  expect(lineFrom('instruct', ['pretrain'])).toBe('pretrain');
  expect(lineFrom('ppo', [])).toBeUndefined();
});
