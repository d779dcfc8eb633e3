import { describe, expect, it } from 'vitest';
import { defaultLabConfig } from '../../../src/pipeline/lab/config';
import { sizeNotes } from '../../../src/ui/app/size-note';

describe('what the page says of a size that is not ready-made', () => {
  const config = defaultLabConfig();
  const [ppo, dpo] = config.arms as [(typeof config.arms)[0], (typeof config.arms)[0]];

  it('is nothing where every base model is shipped', () => {
    for (const size of ['nano', 'tiny', 'small'] as const) expect(sizeNotes({ ...config, size })).toEqual([]);
  });

  it('names the size once, with the cost of a pretraining step', () => {
    const notes = sizeNotes({
      ...config,
      size: 'medium',
      arms: [ppo, { ...dpo, size: 'medium' }],
      teacher: { size: 'medium', trunk: {} },
    });
    expect(notes.map((n) => n.size)).toEqual(['medium']);
    // by hand: per token 12·4·256² + 357·256 weights + 4·256·129 for attention, against
    // 12·2·64² + 357·64 + 2·64·65; twice the tokens in a row
    expect(notes[0]!.times).toBeCloseTo((2 * 3_369_216) / 129_472, 6);
  });

  it('hears of an arm and of a teacher', () => {
    expect(sizeNotes({ ...config, arms: [ppo, { ...dpo, size: 'medium' }] })).toHaveLength(1);
    expect(sizeNotes({ ...config, teacher: { size: 'medium', trunk: {} } })).toHaveLength(1);
  });
});
