import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownDataOf, readOwnRows, type OwnReading } from '../../../src/exchange/data/own-rows';
import { ownDataProblem } from '../../../src/pipeline/contract/own';
import { reviewTask, VOCABULARY } from '../../../src/world';
import type { AlignmentTask } from '../../../src/world/types';

const FITTING = { task: reviewTask as AlignmentTask, nPositions: 64 };
const read = (...rows: unknown[]): OwnReading =>
  readOwnRows(rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n'), FITTING);

describe('TRL’s formats', () => {
  it('prompt–completion', () => {
    const reading = read({ prompt: 'The movie was', completion: ' great.' });
    expect(reading).toMatchObject({ kind: 'demonstrations', sound: 1, withoutGold: 0, unknown: [] });
    expect(ownDataOf(reading)).toEqual({
      kind: 'demonstrations',
      rows: [{ prompt: ['review:', 'the', 'movie', 'was'], completion: ['great', '.', '<eos>'] }],
    });
  });

  it('preference', () => {
    const reading = read({
      prompt: 'review: the movie was',
      chosen: 'great .',
      rejected: 'boring .',
      score: 3,
    });
    expect(ownDataOf(reading)).toEqual({
      kind: 'pairs',
      rows: [
        {
          prompt: ['review:', 'the', 'movie', 'was'],
          chosen: ['great', '.', '<eos>'],
          rejected: ['boring', '.', '<eos>'],
        },
      ],
    });
  });

  it('prompt only, also of another form: then without gold', () => {
    const reading = read({ prompt: 'the movie was' }, { prompt: 'post: the movie was' });
    expect(reading).toMatchObject({ kind: 'prompts', sound: 2, withoutGold: 1 });
    expect(ownDataOf(reading)).toEqual({
      kind: 'prompts',
      rows: [{ prompt: ['review:', 'the', 'movie', 'was'] }],
    });
  });

  it('conversations of one question and one answer', () => {
    const turn = (role: string, content: string) => [{ role, content }];
    const reading = read(
      { prompt: turn('user', 'the movie was'), completion: turn('assistant', 'great .') },
      { prompt: turn('system', 'the movie was'), completion: turn('assistant', 'great .') },
      { prompt: [...turn('user', 'the movie was'), ...turn('user', 'great')], completion: 'great .' },
    );
    expect(reading.sound).toBe(1);
    expect(reading.rows.slice(1).map(({ problem }) => problem)).toEqual([
      { code: 'at', values: { path: 'prompt', problem: { code: 'own.turns', values: { role: 'user' } } } },
      { code: 'at', values: { path: 'prompt', problem: { code: 'own.turns', values: { role: 'user' } } } },
    ]);
  });
});

describe('what is wrong with a row is told with its line', () => {
  const good = { prompt: 'the movie was', completion: 'great .' };
  it.each([
    ['no JSON', '{"prompt": ', 'foreign'],
    ['a list', '[1]', 'own.noObject'],
    ['other columns', { question: 'x', answer: 'y' }, 'own.columns'],
    ['another format', { prompt: 'the movie was', chosen: 'great .', rejected: 'boring .' }, 'own.mixed'],
    ['unknown words', { prompt: 'the movie was', completion: 'gigantic zebra .' }, 'own.unknownWords'],
    ['special tokens', { prompt: 'the movie was', completion: 'great . <eos>' }, 'own.unknownWords'],
    ['nothing', { prompt: 'the movie was', completion: ' ' }, 'own.empty'],
    ['too long', { prompt: 'the movie was', completion: 'great '.repeat(80) }, 'exchange.tooLong'],
    ['a number', { prompt: 'the movie was', completion: 7 }, 'at'],
    ['twice the same name', '{"prompt": "the", "prompt": "a", "completion": "b"}', 'file.twice'],
  ])('%s', (_, row, code) => {
    const reading = read(good, '', row, good);
    expect(reading.sound).toBe(2);
    expect(reading.rows.map(({ line }) => line)).toEqual([1, 3, 4]);
    expect(reading.rows[1]).toMatchObject({ line: 3, problem: { code } });
    expect(reading.rows[1]!.words).toBeUndefined();
  });

  it('equal answers', () => {
    const reading = read({ prompt: 'the movie was', chosen: 'great .', rejected: 'Great.' });
    expect(reading.rows[0]!.problem).toEqual({ code: 'own.same', values: {} });
    expect(ownDataOf(reading)).toBeUndefined();
  });

  it('counts the words that this world does not have', () => {
    const reading = read(
      { prompt: 'the movie was', completion: 'gigantic .' },
      { prompt: 'the movie was', completion: 'gigantic zebra gigantic .' },
    );
    expect(reading.unknown).toEqual([
      { word: 'gigantic', rows: 2 },
      { word: 'zebra', rows: 1 },
    ]);
  });
});

describe('any text', () => {
  const word = fc.constantFrom(...VOCABULARY.slice(3));
  const text = fc.oneof(
    fc.array(word, { maxLength: 12 }).map((words) => words.join(' ')),
    fc.string(),
  );
  const row = fc.oneof(
    fc.record({ prompt: text, completion: text }),
    fc.record({ prompt: text, chosen: text, rejected: text }),
    fc.record({ prompt: text }),
    fc.jsonValue(),
  );

  it('is read without throwing, and what is sound is own data that the lab takes', () => {
    const line = fc.oneof(
      row.map((value) => JSON.stringify(value)),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        const reading = readOwnRows(lines.join('\n'), FITTING);
        for (const { words, problem } of reading.rows)
          expect(words === undefined).toBe(problem !== undefined);
        const data = ownDataOf(reading);
        const usable = reading.kind === 'prompts' ? reading.sound - reading.withoutGold : reading.sound;
        expect(data === undefined).toBe(usable === 0);
        if (data) expect(ownDataProblem(data)).toBeUndefined();
      }),
    );
  });

  it('what is written by words of the world is read as these words', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 12 }), (words) => {
        const reading = read({ prompt: 'the movie was', completion: words.join(' ') });
        expect(reading.rows[0]!.words?.['completion']).toEqual([...words, '<eos>']);
      }),
    );
  });
});
