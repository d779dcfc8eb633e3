import type fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { preferenceFiles, readPreferences } from '../../src/exchange/data/tables';
import { bytesOfJson, bytesOfText, within, type Files } from '../../src/exchange/files';
import { digest } from '../../src/exchange/digest';
import { modelFiles, readModel } from '../../src/exchange/hf/model';
import { readRun, RUN_FILE, runFiles } from '../../src/exchange/run';
import { labFile, readLab, readLabFile, type LabContents } from '../../src/exchange/lab/file';
import { unzipped, zipped } from '../../src/exchange/zip';
import { MessageError, messageOf, sentence, SENTENCES, type MessageLanguage } from '../../src/messages';
import { MODEL_SIZES } from '../../src/model/config';
import { initialWeights } from '../../src/model/parameters';
import { VOCABULARY_SIZE } from '../../src/model/tokens';
import { defaultLabConfig } from '../../src/pipeline/lab/config';
import { rngFrom } from '../../src/random/rng';
import { reviewTask } from '../../src/world';
import { sampleLab } from '../exchange/lab/sample';
import { holds, LONG } from './holds';
import { mutated, mutatedBytes } from './mutations';

const RUNS = 60;
vi.setConfig({ testTimeout: LONG });
const LANGUAGES = Object.keys(SENTENCES) as MessageLanguage[];

/** What is read is read (false), or refused with a message that can be said in every language. */
async function takenOrRefused(read: () => unknown): Promise<boolean> {
  try {
    await read();
    return false;
  } catch (error) {
    expect(error).toBeInstanceOf(MessageError);
    for (const language of LANGUAGES) expect(sentence(messageOf(error), language)).toMatch(/\S/);
    return true;
  }
}

const check = <T>(of: fc.Arbitrary<T>, property: (value: T) => Promise<unknown>, share = 1) =>
  holds(of, property, { short: RUNS, share });

const config = { ...MODEL_SIZES.nano, vocabSize: VOCABULARY_SIZE };
const weights = initialWeights(config, rngFrom(1));
const reward = modelFiles({ kind: 'reward', config, weights, mean: 0.5, deviation: 2 });
const pair = { prompt: [1, 5, 300], chosen: [30, 2], rejected: [31, 2], goldChosen: 0, goldRejected: 0 };
const pairs = within('data', preferenceFiles({ kind: 'preferences', pairs: [pair, pair], heldOut: [pair] }));
const run = {
  name: 'fuzz',
  config: { ...defaultLabConfig(), size: 'nano' as const },
  figures: { sft: { gold: 1 } },
};

const jsonIn = (files: Files, name: string): unknown => JSON.parse(new TextDecoder().decode(files.get(name)));
const textOf = (value: unknown): Uint8Array | undefined => {
  try {
    return bytesOfJson(value);
  } catch {
    return undefined; // nested so deep that it is no text
  }
};

describe('a folder of a model', () => {
  it.each(['config.json', 'tokenizer.json', 'normalisation.json'])(
    'with another %s is read or refused',
    (name) =>
      check(
        mutated(jsonIn(reward, name)),
        async (value) => {
          const bytes = textOf(value);
          return bytes && takenOrRefused(() => readModel(new Map(reward).set(name, bytes)));
        },
        7,
      ),
  );

  it.each(['config.json', 'tokenizer.json', 'normalisation.json', 'model.safetensors'])(
    'with other bytes in %s is read or refused',
    (name) =>
      check(
        mutatedBytes(reward.get(name)!),
        (bytes) => takenOrRefused(() => readModel(new Map(reward).set(name, bytes))),
        7,
      ),
  );
});

describe('labelled pairs', () => {
  const read = (files: Files) => takenOrRefused(() => readPreferences(files, 'data', reviewTask, 64));

  it('with other rows are read or refused', () =>
    check(
      mutated({ prompt: 'review: the worst movie', chosen: ' was bad .', rejected: ' was good .' }),
      async (row) => {
        const bytes = textOf(row);
        if (!bytes) return undefined;
        const line = new TextDecoder().decode(bytes).replaceAll(/\n\s*/g, '');
        return read(new Map(pairs).set('data/train.jsonl', bytesOfText(`${line}\n`)));
      },
      4,
    ));

  it.each(['train.jsonl', 'train.parquet', 'unfinished.json'])(
    'with other bytes in %s are read or refused',
    (name) => {
      const from = new Map(pairs);
      if (name.endsWith('parquet')) from.delete('data/train.jsonl');
      return check(
        mutatedBytes(pairs.get(`data/${name}`)!),
        (bytes) => read(new Map(from).set(`data/${name}`, bytes)),
        4,
      );
    },
  );
});

it('a run with another description is read or refused', () => {
  const files = runFiles({ ...run, artifacts: new Map([['sft', { kind: 'model', config, weights }]]) });
  return check(mutated(jsonIn(files, RUN_FILE)), async (value) => {
    const bytes = textOf(value);
    return bytes && takenOrRefused(() => readRun(new Map(files).set(RUN_FILE, bytes)));
  });
});

/** With few results: what is small is changed and read more often in the same time. */
function briefLab(): LabContents {
  const { runs, ...rest } = sampleLab();
  const kept = ['preferences', 'reward', 'ppo'];
  return { ...rest, runs: runs.filter(({ id }) => kept.includes(id)) };
}

describe('a whole lab', () => {
  const contents = briefLab();
  const files = unzipped(labFile(contents), 'x.alignlet');
  const names = [...files.keys()];
  const share = 2 * names.length + 2;

  /** With the sums of what it now holds, so that readers look further than at these. */
  const consistent = (changed: Files): Files => {
    const lab = jsonIn(changed, 'lab.json') as { stages: Record<string, Record<string, string>> };
    for (const [id, sums] of Object.entries(lab.stages))
      for (const [part, file] of [
        ['run', `stages/${id}/run.json`],
        ['artifact', `stages/${id}/artifact.safetensors`],
      ] as const)
        if (sums[part]) sums[part] = digest(changed.get(file)!);
    return new Map(changed).set('lab.json', bytesOfJson(lab));
  };

  it('is read as it was', () => {
    expect(readLab(consistent(files))).toEqual(readLab(files));
  });

  it.each(names.filter((name) => name.endsWith('.json')))('with another %s is read or refused', (name) =>
    check(
      mutated(jsonIn(files, name)),
      async (value) => {
        const bytes = textOf(value);
        if (!bytes) return undefined;
        const changed = new Map(files).set(name, bytes);
        return takenOrRefused(() => readLab(name === 'lab.json' ? changed : consistent(changed)));
      },
      share,
    ),
  );

  it.each(names)('with other bytes in %s is read or refused', (name) =>
    check(
      mutatedBytes(files.get(name)!),
      async (bytes) => {
        const changed = new Map(files).set(name, bytes);
        const refused = await takenOrRefused(() => readLab(changed));
        return name === 'lab.json' ? refused : takenOrRefused(() => readLab(consistent(changed)));
      },
      share,
    ),
  );

  it('with other bytes in the file is read or refused', () =>
    check(
      mutatedBytes(labFile(contents)),
      (bytes) => takenOrRefused(() => readLabFile(bytes, 'x.alignlet')),
      share,
    ));
});

it('a zip with other bytes is read or refused', () =>
  check(mutatedBytes(zipped(new Map([['a.txt', bytesOfText('hello hello hello hello')]]))), (bytes) =>
    takenOrRefused(() => unzipped(bytes, 'x.zip')),
  ));
