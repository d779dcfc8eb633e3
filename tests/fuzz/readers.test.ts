import { readFile, readdir } from 'node:fs/promises';
import fc from 'fast-check';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import manifest from '../../src/checkpoints/data/manifest.json';
import { loadArtifact, saveArtifact } from '../../src/checkpoints/artifact-file';
import { checkedManifest } from '../../src/checkpoints/manifest';
import { DEMOS, demoNames, loadDemo } from '../../src/headless/demos';
import { MessageError, messageOf, sentence, SENTENCES, type MessageLanguage } from '../../src/messages';
import { checkedShape } from '../../src/messages/shape';
import { loadCheckpoint } from '../../src/model/checkpoint';
import { initialWeights } from '../../src/model/parameters';
import { unpackPreferences } from '../../src/pipeline/contract/packed-preferences';
import { pairsBetween } from '../../src/pipeline/lab/address';
import { defaultLabConfig, type LabConfig } from '../../src/pipeline/lab/config';
import { linkOf } from '../../src/pipeline/lab/link';
import { currentRecording, currentRuns, judgeStored } from '../../src/pipeline/records/current';
import { parseDemo, type Demo } from '../../src/pipeline/records/demo';
import { recordingSchema } from '../../src/pipeline/records/recording';
import { checkedRun } from '../../src/pipeline/records/stored-run';
import { rngFrom } from '../../src/random/rng';
import { holds, LONG, SEED } from './holds';
import { mutated, mutatedBytes, nested } from './mutations';

/*
 * Whatever a file or a link holds, its reader takes it, and then all that is done with it works, or refuses it with
 * a MessageError that can be said in every language. Nothing else comes out.
 */

console.info(`ALIGNLET_AMOUNTS=seed=${SEED}`);
vi.setConfig({ testTimeout: LONG });

const LANGUAGES = Object.keys(SENTENCES) as MessageLanguage[];

/** Uses what comes out of a reader; true if it was refused as it should be. */
function refused<T>(read: () => T, then: (value: T) => void = () => undefined): boolean {
  let value: T;
  try {
    value = read();
  } catch (error) {
    if (!(error instanceof MessageError)) throw error;
    for (const language of LANGUAGES)
      expect(sentence(messageOf(error), language)).toEqual(expect.any(String));
    return true;
  }
  then(value);
  return false;
}

const json = async (path: string): Promise<unknown> =>
  JSON.parse(await readFile(new URL(path, `file://${DEMOS}`), 'utf8'));

let demo: Demo;
let recording: unknown;
let run: unknown;
beforeAll(async () => {
  demo = await loadDemo('overoptimization');
  recording = brief(await json('base-vs-instruct/recording.json'));
  run = brief(await json('overoptimization/results/seed-1.json'));
});

/** The same with shorter histories: what is small is changed and read more often in the same time. */
const brief = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, part: unknown) => {
      const isHistory = Array.isArray(part) && part.length > 4 && isRow(part[0]);
      return isHistory ? [part[0], part[1], part.at(-1)] : part;
    }),
  );

const isRow = (value: unknown): boolean => typeof value === 'object' && value !== null && 'update' in value;

describe('a stored run', () => {
  it('is read, and judged, or refused', () =>
    holds(mutated(run), (value) =>
      refused(
        () => checkedRun(value),
        (stored) => {
          currentRuns([stored], demo.config);
          for (const claim of demo.claims) judgeStored(claim, [stored], demo.config);
        },
      ),
    ));

  it.each<[string, (run: never) => void]>([
    [
      'a configuration that is none',
      (r: { summary: { config: object } }) => (r.summary.config = { arms: [null] }),
    ],
    [
      'an arm twice',
      (r: { summary: { config: LabConfig } }) => r.summary.config.arms.push(r.summary.config.arms[0]!),
    ],
    ['another seed than its own', (r: { summary: { seed: number } }) => r.summary.seed++],
    [
      'figures of an arm that is not there',
      (r: { summary: { arms: object } }) => (r.summary.arms = { nobody: {} }),
    ],
    [
      'a history that runs backwards',
      (r: { history: Record<string, unknown[]> }) => Object.values(r.history)[0]!.reverse(),
    ],
    [
      'a value nested without end',
      (r: { summary: object }) => Object.assign(r.summary, { seconds: nested(50_000) }),
    ],
  ])('with %s is refused', (_, change) => {
    const value = structuredClone(run);
    change(value as never);
    expect(refused(() => checkedRun(value))).toBe(true);
  });
});

describe('a recording', () => {
  it('is read, and cut down to what holds, or refused', async () => {
    const { config } = await loadDemo('base-vs-instruct');
    await holds(mutated(recording), (value) =>
      refused(
        () => checkedShape(recordingSchema, value),
        (read) => {
          for (const { failure } of read.nodes) if (failure) LANGUAGES.map((l) => sentence(failure, l));
          refused(() => currentRecording(read, config));
        },
      ),
    );
  });

  it.each<[string, (recording: never) => void]>([
    ['a configuration that is none', (r: { config: object }) => (r.config = {})],
    [
      '1,000 arms',
      (r: { config: LabConfig }) =>
        (r.config.arms = Array.from({ length: 1000 }, (_, i) => ({ ...r.config.arms[0]!, id: `a${i}` }))),
    ],
    ['a stage twice', (r: { nodes: unknown[] }) => r.nodes.push(r.nodes[0])],
    [
      'more updates than there are',
      (r: { nodes: { events: { update: number }[] }[] }) => (r.nodes.at(-1)!.events.at(-1)!.update = 1e6),
    ],
    [
      'an answer of nobody',
      (r: { samples: unknown[] }) =>
        r.samples.push({ prompt: '', answers: [{ id: 'nobody', text: '', gold: 0 }] }),
    ],
    [
      'a failure without its values',
      (r: { nodes: object[] }) => Object.assign(r.nodes[0]!, { failure: { code: 'at', values: {} } }),
    ],
  ])('with %s is refused', (_, change) => {
    const value = structuredClone(recording);
    change(value as never);
    expect(refused(() => checkedShape(recordingSchema, value))).toBe(true);
  });
});

it('everything that is stored is taken', async () => {
  for (const name of await demoNames()) {
    const results = await readdir(`${DEMOS}${name}/results`).catch(() => []);
    for (const file of results.filter((f) => f.endsWith('.json')))
      checkedRun(await json(`${name}/results/${file}`));
    const recorded = await json(`${name}/recording.json`).catch(() => undefined);
    if (recorded !== undefined) checkedShape(recordingSchema, recorded);
  }
  expect(checkedManifest(manifest)).toEqual(manifest);
});

describe('a demo', () => {
  it('is read, and its graph built, or refused', async () => {
    const { title, summary, config, claims } = demo;
    await holds(
      mutated({ title, summary, config, claims }),
      (value) => {
        let text: string;
        try {
          text = JSON.stringify(value);
        } catch {
          return false; // nested so deep that it is no text
        }
        return refused(
          () => parseDemo('fuzz', text),
          (read) => linkOf({ ...NOWHERE, pairs: pairsBetween(defaultLabConfig(), read.config) }),
        );
      },
      { share: 2 },
    );
    await holds(fc.string({ maxLength: 60 }), (text) => refused(() => parseDemo('fuzz', text)), { share: 2 });
  });

  it.each([100, 10_000, 1_000_000])('nested %i deep is refused', (depth) => {
    const open = '['.repeat(depth);
    expect(refused(() => parseDemo('deep', `{"title":${open}${']'.repeat(depth)}}`))).toBe(true);
    const config = `{"task":"review","arms":[{"id":"a","name":"A","stage":"ppo","settings":{"klCoef":${open}${']'.repeat(depth)}}}]}`;
    expect(refused(() => parseDemo('deep', `{"title":"a","summary":"b","config":${config}}`))).toBe(true);
  });
});

const NOWHERE = { demo: undefined, lang: undefined };

describe('a manifest', () => {
  it('is taken or refused', () => holds(mutated(manifest), (value) => refused(() => checkedManifest(value))));

  it('with a key or a file twice is refused', () => {
    const [first, second] = manifest;
    expect(() => checkedManifest([first, { ...second, key: first!.key }])).toThrow(
      '1.key: this name is used twice',
    );
    expect(() => checkedManifest([first, { ...second, file: first!.file }])).toThrow(
      '1.file: this name is used twice',
    );
  });
});

/** What stands before the numbers of a file of tensors. */
function headerOf(file: Uint8Array): unknown {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  return JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
}

/** A file of tensors with this header and no numbers; undefined if the header is nested too deep to be a text. */
function withHeader(header: unknown): Uint8Array | undefined {
  let text: Uint8Array;
  try {
    text = new TextEncoder().encode(JSON.stringify(header));
  } catch {
    return undefined;
  }
  const bytes = new Uint8Array(8 + text.length + 4096);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

describe('an artifact file', () => {
  const config = { vocabSize: 13, nPositions: 8, nEmbd: 8, nLayer: 1, nHead: 2 };
  const weights = initialWeights(config, rngFrom(1));
  const pair = { prompt: [1, 3], chosen: [4, 2], rejected: [5, 2], goldChosen: 1, goldRejected: 0 };
  it.each([
    ['model', saveArtifact({ kind: 'model', config, weights })],
    ['reward', saveArtifact({ kind: 'reward', config, weights, mean: 0.5, deviation: 2 })],
    ['preferences', saveArtifact({ kind: 'preferences', pairs: [pair, pair], heldOut: [pair] })],
  ])('of kind %s is taken or refused', (_, valid) =>
    holds(mutatedBytes(valid), (bytes) =>
      refused(
        () => loadArtifact(bytes),
        (artifact) => {
          if (artifact.kind === 'packed-preferences') refused(() => unpackPreferences(artifact.bytes));
        },
      ),
    ),
  );

  it('with any header of safetensors is taken or refused', () =>
    holds(mutated(headerOf(saveArtifact({ kind: 'model', config, weights }))), (header) => {
      const bytes = withHeader(header);
      return bytes === undefined ? false : refused(() => loadCheckpoint(bytes));
    }));

  it.each([
    ['dtype', (deep: string) => `{"a":{"dtype":${deep},"shape":[0],"data_offsets":[0,0]}}`],
    ['configuration', (deep: string) => `{"__metadata__":{"gpt2_config":"{\\"vocab_size\\":${deep}}"}}`],
  ])('with a %s nested without end is refused', (_, header) => {
    for (const depth of [100, 2000, 5000, 8000, 100_000]) {
      const text = new TextEncoder().encode(header('['.repeat(depth) + ']'.repeat(depth)));
      const bytes = new Uint8Array(8 + text.length);
      new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
      bytes.set(text, 8);
      expect(refused(() => loadCheckpoint(bytes))).toBe(true);
    }
  });
});
