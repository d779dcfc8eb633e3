import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelLines, readLabelLines, trainingLines } from '../../../src/exchange/data/labels';
import { CHOICES, type Label } from '../../../src/pipeline/data/labels';
import { sentence } from '../../../src/messages';

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const defaults = { task: 'review', who: 'unknown' };
const label: Label = {
  task: 'review',
  prompt: ['review:', 'the', 'movie'],
  first: ['was', 'bad', '.', '<eos>'],
  second: ['was', 'good', '.'],
  choice: 'second',
  who: 'ada',
  when: Date.UTC(2026, 0, 2, 3, 4, 5),
  repeat: 0,
};

describe('labels as lines', () => {
  it('are TRL’s preference format with columns of their own', () => {
    const [row] = text(labelLines([label]))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(row).toMatchObject({
      prompt: 'review: the movie',
      chosen: ' was good .',
      rejected: ' was bad .',
      tie: false,
      labeler: 'ada',
      labeled_at: '2026-01-02T03:04:05.000Z',
      repeat: 0,
      chosen_ends: false,
      rejected_ends: true,
    });
    expect(row).toHaveProperty('gold_margin', 0); // 0.25 − 0.5 for not ending, against −0.25
    const ended = { ...label, second: [...label.second, '<eos>'] };
    expect(JSON.parse(text(labelLines([ended])))).toHaveProperty('gold_margin', 0.5);
  });

  it('come back as they were, whatever was said; what was skipped says nothing', () => {
    const labels = CHOICES.map((choice, i): Label => ({ ...label, choice, repeat: i, who: `p${i}` }));
    const { labels: back, bad } = readLabelLines(text(labelLines(labels)), defaults);
    expect(bad).toEqual([]);
    expect(back).toEqual(labels.filter(({ choice }) => choice !== 'skip'));
    expect(text(labelLines([]))).toBe('');
  });

  it('for trainers hold neither ties nor repeats', () => {
    const labels: Label[] = [label, { ...label, choice: 'tie' }, { ...label, repeat: 1 }];
    expect(text(trainingLines(labels)).trim().split('\n')).toHaveLength(1);
  });

  it('of others need only the three columns', () => {
    const line = JSON.stringify({ prompt: 'review: the film', chosen: ' was good .', rejected: ' was bad .', id: 7 }); // prettier-ignore
    const { labels } = readLabelLines(`${line}\n\n`, defaults);
    expect(labels).toEqual([
      expect.objectContaining({ task: 'review', who: 'unknown', choice: 'second', when: 0, repeat: 0 }),
    ]);
  });

  it('that are wrong are told by line; the others are taken', () => {
    const good = text(labelLines([label])).trim();
    const row = { prompt: 'review: the film', chosen: ' was good .', rejected: ' was bad .' };
    const lines = [
      good,
      '{"prompt": ',
      JSON.stringify({ ...row, chosen: ' was flurbish .' }),
      JSON.stringify({ prompt: row.prompt, chosen: row.chosen }),
      JSON.stringify({ ...row, task: 'poetry' }),
      '[]',
      good,
    ];
    const { labels, bad } = readLabelLines(lines.join('\n'), defaults);
    expect(labels).toHaveLength(2);
    expect(bad.map(({ line }) => line)).toEqual([2, 3, 4, 5, 6]);
    expect(sentence(bad[1]!.message)).toContain('flurbish');
    expect(sentence(bad[2]!.message)).toContain('rejected');
  });

  it('never make the reader throw', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.array(fc.json()).map((a) => a.join('\n')),
        ),
        (content) => {
          const { labels, bad } = readLabelLines(content, defaults);
          expect(labels).toEqual([]);
          expect(bad.length).toBeLessThanOrEqual(content.split('\n').length);
        },
      ),
    );
  });
});
