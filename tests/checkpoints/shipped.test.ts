import { readFile, readdir } from 'node:fs/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { saveArtifact } from '../../src/checkpoints/artifact-file';
import { fetchFile } from '../../src/checkpoints/fetch-file';
import { manifestSchema, shippedFrom } from '../../src/checkpoints/manifest';
import { nodeShippedResults } from '../../src/checkpoints/node';
import { MODEL_SIZES, SHIPPED_SIZES, type ModelSize } from '../../src/model/config';
import { MessageError } from '../../src/messages';
import { buildGraph } from '../../src/pipeline/lab/graph';
import { defaultLabConfig } from '../../src/pipeline/lab/config';
import { initialWeights } from '../../src/model/parameters';
import { rngFrom } from '../../src/random/rng';
import { TASK_NAMES, VOCABULARY } from '../../src/world';

const FOLDER = new URL('../../src/checkpoints/data/', import.meta.url);

describe('shipped results', () => {
  it.each(SHIPPED_SIZES)('hold a base model of size %s with its card and curve', async (size) => {
    const [base] = buildGraph({ ...defaultLabConfig(), size });
    const result = await nodeShippedResults.get(base!.key);
    expect(result, 'run: npm run pretrain -- base ' + size).toBeDefined();
    expect(result!.artifact).toMatchObject({
      kind: 'model',
      config: { ...MODEL_SIZES[size], vocabSize: VOCABULARY.length },
    });
    const curve = JSON.parse(await readFile(new URL(`base-${size}.json`, FOLDER), 'utf8')) as {
      seed: number;
      curve: { loss: number }[];
    };
    expect(curve.seed).toBe(base!.seed);
    expect(curve.curve.at(-1)!.loss).toBeLessThan(curve.curve[0]!.loss / 3);
    expect(await readFile(new URL(`base-${size}.md`, FOLDER), 'utf8')).toContain('Held-out loss');
  });

  it.each(TASK_NAMES)(
    'let %s start its arms at once: every trunk stage under default settings',
    async (task) => {
      for (const node of buildGraph(defaultLabConfig(task)).filter((n) => n.shippable))
        expect(
          await nodeShippedResults.get(node.key),
          `${node.id}; after a change of settings run: npm run pretrain -- trunk tiny`,
        ).toBeDefined();
    },
  );

  it('list nothing that no default run asks for, and no file is left over', async () => {
    const manifest = manifestSchema.parse(
      JSON.parse(await readFile(new URL('manifest.json', FOLDER), 'utf8')),
    );
    const wanted = new Set([
      ...Object.keys(MODEL_SIZES).flatMap(
        (size) => buildGraph({ ...defaultLabConfig(), size: size as ModelSize })[0]!.key,
      ),
      ...TASK_NAMES.flatMap((task) => buildGraph(defaultLabConfig(task)).map((n) => n.key)),
    ]);
    expect(manifest.filter((e) => !wanted.has(e.key)).map((e) => e.file)).toEqual([]);
    const files = (await readdir(FOLDER)).filter((f) => f.endsWith('.safetensors'));
    expect(files.sort()).toEqual(manifest.map((e) => e.file).sort());
  });
});

describe('files that do not come', () => {
  const config = { vocabSize: 13, nPositions: 8, nEmbd: 8, nLayer: 1, nHead: 2 };
  const bytes = saveArtifact({ kind: 'model', config, weights: initialWeights(config, rngFrom(1)) });
  const key = 'a'.repeat(32);
  const manifest = () => Promise.resolve([{ key, file: 'x.safetensors', summary: {} }]);

  afterEach(() => void vi.unstubAllGlobals());

  it('are read again when they are asked for again, and only once when they are there', async () => {
    const answers = [Promise.reject(new Error('offline')), Promise.resolve(bytes.slice(0, 100))];
    answers.forEach((answer) => answer.catch(() => undefined));
    const read = vi.fn(() => answers.shift() ?? Promise.resolve(bytes));
    const results = shippedFrom(manifest, read);
    await expect(results.get(key)).rejects.toThrow('offline');
    await expect(results.get(key)).rejects.toThrow(/^x\.safetensors: truncated/);
    expect((await results.get(key))!.artifact).toMatchObject({ kind: 'model', config });
    expect(await results.get(key)).toBe(await results.get(key));
    expect(read).toHaveBeenCalledTimes(3);
  });

  it.each([
    ['nothing', () => Promise.reject(new TypeError('Failed to fetch')), 'file.unreachable'],
    ['a refusal', async () => new Response('', { status: 404 }), 'file.http'],
    [
      'a page',
      async () =>
        new Response('<!doctype html>', { headers: { 'content-type': 'text/html; charset=utf-8' } }),
      'file.isPage',
    ],
    [
      'half of it',
      async () =>
        new Response(new ReadableStream({ start: (stream) => stream.error(new TypeError('network error')) })),
      'file.unreachable',
    ],
  ])('are named: %s', async (_, answer, code) => {
    vi.stubGlobal('fetch', answer);
    const error = await fetchFile('/x', 'x.safetensors').catch((e: unknown) => e);
    expect(error).toBeInstanceOf(MessageError);
    expect((error as MessageError).info).toMatchObject({ code, values: { file: 'x.safetensors' } });
  });

  it('come whole', async () => {
    vi.stubGlobal('fetch', async () => new Response(bytes));
    expect(await fetchFile('/x', 'x.safetensors')).toEqual(bytes);
  });
});
