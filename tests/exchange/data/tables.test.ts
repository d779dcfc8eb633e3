import { parquetReadObjects } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { preferenceFiles, readPreferences } from '../../../src/exchange/data/tables';
import { within } from '../../../src/exchange/files';
import type { PreferencesArtifact, PreferencePair } from '../../../src/pipeline/contract/artifacts';
import { completionIds, goldOf, promptIds } from '../../../src/pipeline/data/tokens';
import { rngFrom } from '../../../src/random/rng';
import { reviewTask } from '../../../src/world';

const rng = rngFrom(1, 'tables');

/** A pair of a demonstration and its beginning, which does not end. */
function pair(): PreferencePair {
  const { prompt, completion } = reviewTask.demonstration(rng, 'crowd');
  const chosen = completionIds(completion);
  const rejected = chosen.slice(0, 4);
  const gold = (ids: number[]) => Math.fround(goldOf(reviewTask, prompt, ids).total);
  return {
    prompt: promptIds(prompt),
    chosen,
    rejected,
    goldChosen: gold(chosen),
    goldRejected: gold(rejected),
  };
}

const artifact: PreferencesArtifact = {
  kind: 'preferences',
  pairs: Array.from({ length: 20 }, pair),
  heldOut: [pair()],
};
const files = within('data', preferenceFiles(artifact));
const read = (changed: ReadonlyMap<string, Uint8Array>) => readPreferences(changed, 'data', reviewTask, 64);
const text = (name: string) => new TextDecoder().decode(files.get(name));
const withText = (name: string, content: string) =>
  new Map(files).set(name, new TextEncoder().encode(content));
const rows = (...lines: object[]) =>
  withText('data/train.jsonl', lines.map((line) => JSON.stringify(line)).join('\n'));
const without = (...names: string[]) => new Map([...files].filter(([name]) => !names.includes(name)));

describe('labelled pairs as tables', () => {
  it('come back from JSONL, and from parquet alone, with their gold', async () => {
    expect(await read(files)).toEqual(artifact);
    expect(await read(without('data/train.jsonl', 'data/test.jsonl'))).toEqual(artifact);
  });

  it('have exactly TRL’s columns, all text, and answers that begin with a space', async () => {
    const lines = text('data/train.jsonl').trimEnd().split('\n');
    const parsed = lines.map((line) => JSON.parse(line) as Record<string, string>);
    const table = files.get('data/train.parquet')!.slice().buffer;
    expect(await parquetReadObjects({ file: table })).toEqual(parsed);
    for (const row of parsed) {
      expect(Object.keys(row)).toEqual(['prompt', 'chosen', 'rejected']);
      expect(row['chosen']).toMatch(/^ \S/);
      expect(row['prompt']).not.toMatch(/<bos>|\s$/);
    }
  });

  it('list the answers that did not end', () => {
    const { train } = JSON.parse(text('data/unfinished.json')) as {
      train: { chosen: number[]; rejected: number[] };
    };
    expect(train.chosen).toEqual([]);
    expect(train.rejected).toEqual(artifact.pairs.map((_, i) => i));
  });
});

describe('tables that are wrong', () => {
  const good = { prompt: 'review: the worst movie', chosen: ' was bad .', rejected: ' was good .' };
  it.each<[string, Map<string, Uint8Array>, RegExp]>([
    ['no rows at all', without('data/train.jsonl', 'data/train.parquet'), /^data\/train\.jsonl is missing/],
    [
      'a word of another world',
      rows(good, { ...good, chosen: ' was zebrafish .' }),
      /^data\/train\.jsonl:2: chosen: the word zebrafish/,
    ],
    [
      'an answer without its space',
      rows({ ...good, rejected: 'bad .' }),
      /train\.jsonl:1: rejected: an answer must begin/,
    ],
    ['a special token', rows({ ...good, chosen: ' bad <eos>' }), /chosen: the word <eos>/],
    ['no prompt', rows({ ...good, prompt: ' ' }), /:1: prompt: there is no word/],
    ['a prompt of another task', rows({ ...good, prompt: 'q: hello a:' }), /:1: prompt: .*task review/],
    ['a missing column', rows({ prompt: good.prompt, chosen: good.chosen }), /:1: rejected: must be text/],
    ['a column too many', rows({ ...good, label: true }), /:1: label: is not known/],
    ['a number', rows({ ...good, chosen: 3 }), /:1: chosen: must be text/],
    ['a text too long', rows({ ...good, chosen: ' the'.repeat(2000) }), /:1: chosen: must have at most 4000/],
    [
      'an answer too long',
      rows({ ...good, chosen: ' the'.repeat(90) }),
      /:1: chosen: prompt and answer are \d+ tokens/,
    ],
    ['a line that is no JSON', withText('data/train.jsonl', '{'), /^data\/train\.jsonl:1: /],
    [
      'a name twice',
      withText('data/train.jsonl', '{"prompt":"a","prompt":"b"}'),
      /:1: .*'prompt' is there twice/,
    ],
  ])('with %s say so', async (_, changed, expected) => {
    await expect(read(changed)).rejects.toThrow(expected);
  });

  it('of other columns, nulls, or cut short are refused as parquet', async () => {
    const parquet = (bytes: ArrayBuffer) =>
      new Map(without('data/train.jsonl')).set('data/train.parquet', new Uint8Array(bytes));
    const table = (columnData: Parameters<typeof parquetWriteBuffer>[0]['columnData']) =>
      parquet(parquetWriteBuffer({ columnData }));
    await expect(read(table([{ name: 'text', data: ['a'] }]))).rejects.toThrow(
      /train\.parquet: the columns are text/,
    );
    const column = (name: string, data: unknown[]) => ({ name, data, type: 'STRING' as const });
    const withNull = table([
      column('prompt', ['review:']),
      column('chosen', [null]),
      column('rejected', [' a']),
    ]);
    await expect(read(withNull)).rejects.toThrow(/train\.parquet:1: chosen: must be text/);
    const whole = files.get('data/train.parquet')!;
    await expect(read(parquet(whole.slice(0, 900).buffer))).rejects.toThrow(/is not a parquet file/);
  });
});
