import { expect, it } from 'vitest';
import { parseDemo } from '../../../src/pipeline/records/demo';
import { labConfigSchema } from '../../../src/pipeline/lab/config';

it('cannot claim anything about an arm that is not there', () => {
  const text = (left: string) =>
    JSON.stringify({
      title: 'A',
      summary: 'B',
      config: labConfigSchema.parse({ task: 'review', arms: [{ id: 'ppo', name: 'PPO', stage: 'ppo' }] }),
      claims: [{ text: 'C', left, op: '>', right: 'sft.gold', paper: { source: 'D', says: 'E' } }],
    });
  expect(parseDemo('x', text('ppo.gold')).claims).toHaveLength(1);
  expect(() => parseDemo('x', text('dpo.gold'))).toThrow(/demo x: claim "C": no stage or arm "dpo"/);
});
