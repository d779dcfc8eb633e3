import { describe, expect, it } from 'vitest';
import { CheckpointError, loadCheckpoint, saveCheckpoint } from '../../src/model/checkpoint';
import type { GptConfig } from '../../src/model/config';
import { parameterLayout } from '../../src/model/parameters';
import { fromHalfBits, readSafetensors, toHalfBits } from '../../src/model/safetensors';
import { busyWeights } from '../support/engines';

const config: GptConfig = { vocabSize: 11, nPositions: 12, nEmbd: 8, nLayer: 2, nHead: 2 };
const weights = busyWeights(config, 1);
const bytes = saveCheckpoint(config, weights, { seed: '1', stage: 'pretrain' });

const headerLength = Number(new DataView(bytes.buffer).getBigUint64(0, true));

const text = new TextDecoder().decode(bytes.subarray(8, 8 + headerLength)).trimEnd();
const entries = JSON.parse(text) as Record<string, Entry>;

/** The file with another header text; `data` may change what follows it. */
function withText(text: string, data = (raw: Uint8Array) => raw): Uint8Array {
  const json = new TextEncoder().encode(text);
  const body = data(bytes.slice(8 + headerLength));
  const out = new Uint8Array(8 + json.length + body.length);
  new DataView(out.buffer).setBigUint64(0, BigInt(json.length), true);
  out.set(json, 8);
  out.set(body, 8 + json.length);
  return out;
}

/** The file with its header changed. */
function withHeader(
  change: (header: Record<string, Entry>) => unknown,
  data?: (raw: Uint8Array) => Uint8Array,
) {
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerLength))) as Record<
    string,
    Entry
  >;
  change(header);
  return withText(JSON.stringify(header), data);
}

interface Entry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

const wte = 'transformer.wte.weight';
const bias = 'score.bias';

/** The error of loading; it must be a CheckpointError of one line. */
function errorOf(file: Uint8Array): string {
  try {
    loadCheckpoint(file);
  } catch (error) {
    expect(error).toBeInstanceOf(CheckpointError);
    expect((error as Error).message).not.toContain('\n');
    return (error as Error).message;
  }
  return 'no error';
}

describe('checkpoints', () => {
  it('survive a round trip bit for bit', () => {
    const loaded = loadCheckpoint(bytes);
    expect(loaded.config).toEqual(config);
    expect(loaded.weights).toEqual(weights);
    expect(loaded.metadata).toEqual({ seed: '1', stage: 'pretrain' });
    expect(saveCheckpoint(config, loaded.weights, loaded.metadata)).toEqual(bytes);
  });

  it('can be read at an odd offset inside a larger buffer', () => {
    const larger = new Uint8Array(bytes.length + 3);
    larger.set(bytes, 3);
    expect(loadCheckpoint(larger.subarray(3)).weights).toEqual(weights);
  });

  it('take half the space as F16, each number the nearest half', () => {
    const half = saveCheckpoint(config, weights, {}, { dtype: 'F16' });
    expect(half.length).toBeLessThan(0.7 * bytes.length);
    const loaded = loadCheckpoint(half).weights;
    loaded.forEach((x, i) => expect(x).toBe(fromHalfBits(toHalfBits(weights[i]!))));
    expect(saveCheckpoint(config, loaded, {}, { dtype: 'F16' })).toEqual(half);
  });

  it("hold GPT-2's names in layout order, aligned to 8 bytes", () => {
    const { tensors } = readSafetensors(bytes);
    expect([...tensors.keys()]).toEqual(parameterLayout(config).map((p) => p.name));
    expect(Number(new DataView(bytes.buffer).getBigUint64(0, true)) % 8).toBe(0);
  });

  it('refuse to store what is not finite or has the wrong length', () => {
    const broken = weights.slice();
    broken[5] = NaN;
    expect(() => saveCheckpoint(config, broken)).toThrow(/transformer.wte.weight.*NaN at index 5/);
    expect(() => saveCheckpoint(config, weights.slice(1))).toThrow(CheckpointError);
    const large = weights.slice();
    large[0] = 1e5;
    expect(() => saveCheckpoint(config, large, {}, { dtype: 'F16' })).toThrow(/too large for F16/);
  });

  const corruptions: [string, () => Uint8Array, RegExp][] = [
    ['an empty file', () => new Uint8Array(0), /truncated: 0 bytes/],
    ['a few bytes', () => bytes.slice(0, 7), /truncated: 7 bytes/],
    ['a cut in the header', () => bytes.slice(0, 100), /truncated: the header ends/],
    ['a cut in the data', () => bytes.slice(0, bytes.length - 1), /truncated, or a wrong offset/],
    ['one byte too many', () => new Uint8Array([...bytes, 0]), /1 bytes after the last tensor/],
    ['another kind of file', () => new TextEncoder().encode('<!doctype html><html>'), /header too large/],
    ['broken JSON', () => withText('{"a":'), /not valid JSON/],
    ['invalid UTF-8', () => withText('{}').fill(0xff, 8, 10), /not valid JSON/],
    ['a header that is a list', () => withText('[]'), /not a JSON object/],
    ['metadata that are no strings', () => withHeader((h) => ((h['__metadata__'] as unknown) = { a: 1 })), /map names to strings/], // prettier-ignore
    [
      'no metadata',
      () => withHeader((h) => Reflect.deleteProperty(h, '__metadata__')),
      /not one of our checkpoints/,
    ],
    ['a broken configuration', () => withHeader((h) => ((h['__metadata__'] as unknown) = { gpt2_config: '{' })), /'gpt2_config' is not valid JSON/], // prettier-ignore
    ['an absurd configuration', () => withHeader((h) => ((h['__metadata__'] as unknown) = { gpt2_config: '{"vocab_size":1e99}' })), /vocab_size is 1e\+99/], // prettier-ignore
    ['a missing tensor', () => withHeader((h) => Reflect.deleteProperty(h, bias), (raw) => raw.slice(0, -4)), /'score.bias' is missing/], // prettier-ignore
    ['an unexpected tensor', () => withHeader((h) => (h['extra'] = { dtype: 'F32', shape: [0], data_offsets: [0, 0] })), /unexpected tensor 'extra'/], // prettier-ignore
    ['an unknown dtype', () => withHeader((h) => (h[bias]!.dtype = 'F8')), /'score.bias' has dtype "F8"/],
    [
      'an integer dtype',
      () => withHeader((h) => (h[bias]!.dtype = 'I32')),
      /dtype I32 instead of F32 or F16/,
    ],
    [
      'a wrong shape',
      () => withHeader((h) => (h[wte]!.shape = [8, 11])),
      /shape \[8, 11\] instead of \[11, 8\]/,
    ],
    ['a size that does not match', () => withHeader((h) => (h[wte]!.shape = [11, 9])), /needs 396/],
    ['a negative dimension', () => withHeader((h) => (h[wte]!.shape = [-11, -8])), /not a list of counts/],
    [
      'a fractional offset',
      () => withHeader((h) => (h[wte]!.data_offsets = [0.5, 352.5])),
      /no valid data_offsets/,
    ],
    ['reversed offsets', () => withHeader((h) => h[wte]!.data_offsets.reverse()), /before it begins/],
    ['an offset past the end', () => withHeader((h) => (h[wte]!.data_offsets = [1e6, 1e6 + 352])), /ends at byte 1000352/], // prettier-ignore
    ['overlapping tensors', () => withHeader((h) => (h['transformer.wpe.weight']!.data_offsets = [4, 388])), /overlaps/], // prettier-ignore
    ['a hole', () => withHeader((h) => shift(h, 4), (raw) => new Uint8Array([0, 0, 0, 0, ...raw])), /hole in the data/], // prettier-ignore
    ['a tensor that is there twice', () => withText(text.replace(/}$/, `,"${bias}":${JSON.stringify(entries[bias])}}`)), /'score.bias' is there twice/], // prettier-ignore
    ['a field that is there twice', () => withText(text.replace('"dtype":', '"dtype":"F32","dtype":')), /'dtype' is there twice/], // prettier-ignore
    ['metadata that are there twice', () => withText(text.replace('"seed":"1"', '"seed":"1","seed":"1"')), /'seed' is there twice/], // prettier-ignore
    ['a configuration with a size twice', () => withHeader((h) => ((h['__metadata__'] as unknown) = { gpt2_config: '{"n_head":1,"n_head":2}' })), /'n_head' is there twice/], // prettier-ignore
    ['a tensor named __proto__', () => withText(text.replace('{', '{"__proto__":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},')), /'__proto__' cannot be a name/], // prettier-ignore
    [
      'metadata named __proto__',
      () => withText(text.replace('"seed"', '"__proto__"')),
      /'__proto__' cannot be a name/,
    ],
    ['a byte order mark', () => withText(`\uFEFF${text}`), /does not begin with {/],
    ['a space before the header', () => withText(` ${text}`), /does not begin with {/],
    ['a line break before the header', () => withText(`\n${text}`), /does not begin with {/],
    ['a line break after the header', () => withText(`${text}\n`), /padded with something else/],
    ['zeros after the header', () => withText(`${text}\0`), /not valid JSON/],
    ['nesting without end', () => withText('{"a":'.repeat(1e5)), /not valid JSON/],
    ['nesting too deep to be walked', () => withText('{"a":'.repeat(1e5) + '1' + '}'.repeat(1e5)), /not valid JSON|no description/], // prettier-ignore
    ['a shape whose product is no number', () => withHeader((h) => (h[wte]!.shape = [...Array<number>(30).fill(1e15), 0])), /not a list of counts/], // prettier-ignore
    ['a shape whose product is rounded', () => withHeader((h) => (h[wte]!.shape = [2 ** 52, 2 ** 52])), /not a list of counts/], // prettier-ignore
    ['a fractional dimension', () => withHeader((h) => (h[wte]!.shape = [5.5, 16])), /not a list of counts/],
    ['a dimension that is no number', () => withHeader((h) => ((h[wte]!.shape as unknown) = [null, 8])), /not a list of counts/], // prettier-ignore
    [
      'a negative offset',
      () => withHeader((h) => (h[wte]!.data_offsets = [-4, 348])),
      /no valid data_offsets/,
    ],
    ['an empty tensor inside another', () => withHeader((h) => (h['extra'] = { dtype: 'F32', shape: [0], data_offsets: [4, 4] })), /overlaps/], // prettier-ignore
    ['no description', () => withHeader((h) => ((h[bias] as unknown) = null)), /no description/],
    ['NaN', () => withHeader(() => 0, (raw) => raw.fill(0xff, 8, 12)), /'transformer.wte.weight' holds NaN at index 2/], // prettier-ignore
    ['infinity', () => withHeader(() => 0, (raw) => (new DataView(raw.buffer).setFloat32(0, Infinity, true), raw)), /holds Infinity at index 0/], // prettier-ignore
  ];
  it.each(corruptions)('say what is wrong: %s', (_, make, message) => {
    expect(errorOf(make())).toMatch(message);
  });
});

function shift(header: Record<string, Entry>, by: number): void {
  for (const [name, entry] of Object.entries(header))
    if (name !== '__metadata__')
      entry.data_offsets = entry.data_offsets.map((x) => x + by) as [number, number];
}
