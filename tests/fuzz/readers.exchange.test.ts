import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { preferenceFiles, readPreferences } from '../../src/exchange/data/tables';
import { bytesOfJson, bytesOfText, within, type Files } from '../../src/exchange/files';
import { modelFiles, readModel } from '../../src/exchange/hf/model';
import { readRun, RUN_FILE, runFile, runFiles } from '../../src/exchange/run';
import { unzipped, zipped } from '../../src/exchange/zip';
import { MessageError, messageOf, sentence, SENTENCES, type MessageLanguage } from '../../src/messages';
import { MODEL_SIZES } from '../../src/model/config';
import { initialWeights } from '../../src/model/parameters';
import { VOCABULARY_SIZE } from '../../src/model/tokens';
import { defaultLabConfig } from '../../src/pipeline/lab/config';
import { rngFrom } from '../../src/random/rng';
import { reviewTask } from '../../src/world';
import { mutated, mutatedBytes, SEED } from './mutations';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 60);
const LANGUAGES = Object.keys(SENTENCES) as MessageLanguage[];

/** What is read is read, or refused with a message that can be said in every language. */
async function takenOrRefused(read: () => unknown): Promise<void> {
  try {
    await read();
  } catch (error) {
    expect(error).toBeInstanceOf(MessageError);
    for (const language of LANGUAGES) expect(sentence(messageOf(error), language)).toMatch(/\S/);
  }
}

const holds = <T>(of: fc.Arbitrary<T>, property: (value: T) => Promise<void>) =>
  fc.assert(fc.asyncProperty(of, property), { seed: SEED, numRuns: RUNS });

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
      holds(mutated(jsonIn(reward, name)), async (value) => {
        const bytes = textOf(value);
        if (bytes) await takenOrRefused(() => readModel(new Map(reward).set(name, bytes)));
      }),
  );

  it.each(['config.json', 'tokenizer.json', 'normalisation.json', 'model.safetensors'])(
    'with other bytes in %s is read or refused',
    (name) =>
      holds(mutatedBytes(reward.get(name)!), (bytes) =>
        takenOrRefused(() => readModel(new Map(reward).set(name, bytes))),
      ),
  );
});

describe('labelled pairs', () => {
  const read = (files: Files) => takenOrRefused(() => readPreferences(files, 'data', reviewTask, 64));

  it('with other rows are read or refused', () =>
    holds(
      mutated({ prompt: 'review: the worst movie', chosen: ' was bad .', rejected: ' was good .' }),
      async (row) => {
        const bytes = textOf(row);
        if (!bytes) return;
        const line = new TextDecoder().decode(bytes).replaceAll(/\n\s*/g, '');
        await read(new Map(pairs).set('data/train.jsonl', bytesOfText(`${line}\n`)));
      },
    ));

  it.each(['train.jsonl', 'train.parquet', 'unfinished.json'])(
    'with other bytes in %s are read or refused',
    (name) => {
      const from = new Map(pairs);
      if (name.endsWith('parquet')) from.delete('data/train.jsonl');
      return holds(mutatedBytes(pairs.get(`data/${name}`)!), (bytes) =>
        read(new Map(from).set(`data/${name}`, bytes)),
      );
    },
  );
});

it('a run with another description is read or refused', () => {
  const files = runFiles({ ...run, artifacts: new Map([['sft', { kind: 'model', config, weights }]]) });
  return holds(mutated(jsonIn(new Map([[RUN_FILE, runFile(run)]]), RUN_FILE)), async (value) => {
    const bytes = textOf(value);
    if (bytes) await takenOrRefused(() => readRun(new Map(files).set(RUN_FILE, bytes)));
  });
});

it('a zip with other bytes is read or refused', () =>
  holds(mutatedBytes(zipped(new Map([['a.txt', bytesOfText('hello hello hello hello')]]))), (bytes) =>
    takenOrRefused(() => unzipped(bytes, 'x.zip')),
  ));
