import { engineOn } from '../../src/engine/fused/engine';
import type { DeviceBuffer } from '../../src/kernels/kernels';
import { roundUp4 } from '../../src/kernels/kernels';
import { openWasm } from '../../src/engine/devices/wasm';
import { WasmKernels } from '../../src/kernels/wasm/kernels';
import { rngFrom } from '../../src/random/rng';
import { adam, everything, pretrainTerm, wantAll } from './losses';
import { busyWeights } from './engines';

/** What a run computed: name of a result → its bits in short. */
export type Fingerprint = Record<string, string>;

/** FNV-1a over the bytes. */
function bits(data: Float32Array | Int32Array): string {
  let hash = 0x811c9dc5;
  for (const byte of new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    hash = Math.imul(hash ^ byte, 0x01000193);
  return `${data.length}:${(hash >>> 0).toString(16)}`;
}

export interface Sizes {
  /** Lengths of the rows. */
  lengths: readonly number[];
  heads: number;
  headDim: number;
  vocabulary: number;
}

export const SIZES: Record<string, Sizes> = {
  'one token': { lengths: [1], heads: 1, headDim: 4, vocabulary: 5 },
  'one row': { lengths: [23], heads: 3, headDim: 4, vocabulary: 37 },
  'context of one': { lengths: Array.from({ length: 13 }, () => 1), heads: 2, headDim: 8, vocabulary: 13 },
  'prime sizes': { lengths: [1, 2, 3, 5, 7, 11, 13, 17, 19, 23, 31], heads: 5, headDim: 12, vocabulary: 101 },
  'many rows': { lengths: Array.from({ length: 37 }, (_, i) => 1 + ((i * 7) % 29)), heads: 4, headDim: 16, vocabulary: 357 }, // prettier-ignore
};

/** Every kernel that threads share, on random numbers of these sizes; every task counts as worth sharing. */
export function kernelBattery(
  k: WasmKernels,
  { lengths, heads, headDim, vocabulary: v }: Sizes,
): Fingerprint {
  k.leastWork = 0;
  const found: Fingerprint = {};
  const rng = rngFrom(7, 'threads');
  const d = heads * headDim;
  const n = lengths.reduce((a, b) => a + b, 0);
  const shape = { heads, headDim };
  k.frame(() => {
    const floats = (length: number) => k.upload(Float32Array.from({ length }, () => rng.normal()));
    const below = (length: number, limit: number) =>
      k.upload(Int32Array.from({ length }, () => rng.int(0, limit - 1)));
    const empty = (length: number) => {
      const buffer = k.temporary(length);
      k.zero(buffer);
      return buffer;
    };
    const keep = (name: string, ...buffers: DeviceBuffer[]) =>
      buffers.forEach((buffer, i) => (found[name + (i || '')] = bits(k.readFloats(buffer))));
    const x = floats(n * d);
    const dy = floats(n * d);

    for (const columns of [d, 3 * d, 4]) {
      const w = floats(d * columns);
      const [bias, residual] = [floats((columns + 7) & ~7), floats(n * columns)];
      const y = floats(n * columns);
      const [out, dx, dw, db] = [empty(n * columns), empty(n * d), floats(d * columns), floats(columns)];
      k.linear({
        x,
        w: k.packMatrix({ matrix: w, rows: d, cols: columns, transposed: false }),
        bias,
        residual,
        out,
        m: n,
      });
      k.linear({
        x: y,
        w: k.packMatrix({ matrix: w, rows: d, cols: columns, transposed: true }),
        out: dx,
        m: n,
      });
      k.linearBackwardWeight({ x, dy: y, dWeight: dw, dBias: db, m: n, k: d, n: columns });
      keep(`linear ${columns}`, out, dx, dw, db);
    }

    const [stats, normal] = [empty(2 * n), empty(n * d)];
    const [weight, bias] = [floats(d), floats(d)];
    k.layerNorm({ x, weight, bias, out: normal, stats, rows: n, width: d });
    const [dx, dWeight, dBias] = [floats(n * d), floats(d), floats(d)];
    k.layerNormBackward({ dy, x, stats, weight, residual: dx, dx, dWeight, dBias, rows: n, width: d });
    keep('layerNorm', normal, stats, dx, dWeight, dBias);

    const [active, dActive] = [empty(n * d), empty(n * d)];
    k.gelu({ x, out: active, length: n * d });
    k.geluBackward({ x, dy, dx: dActive, length: n * d });
    keep('gelu', active, dActive);

    let end = 0;
    const rows = {
      count: lengths.length,
      offsets: k.upload(Int32Array.from([0, ...lengths.map((t) => (end += t))])),
      prefixes: k.upload(Int32Array.from(lengths, (t, r) => (r % 3 === 1 ? t >> 1 : 0))),
      lengths,
    };
    const qkv = floats(n * 3 * d);
    const p = empty(k.attentionProbabilities(rows, shape));
    const [kept, passed, dqkv] = [empty(n * d), empty(n * d), empty(n * 3 * d)];
    k.attention({ qkv, rows, shape, probabilities: p, out: kept });
    k.attention({ qkv, rows, shape, out: passed });
    keep('attention', kept, passed, p);
    k.attentionBackward({ qkv, dOut: dy, rows, shape, probabilities: p, dQkv: dqkv, out: kept });
    keep('attentionBackward', dqkv);

    const ids = below(n, v);
    const positions = k.upload(
      Int32Array.from(lengths.flatMap((t) => Array.from({ length: t }, (_, i) => i))),
    );
    const slots = k.upload(
      Int32Array.from(lengths.flatMap((t, row) => Array.from({ length: t }, () => row))),
    );
    const embedded = empty(n * d);
    const wte = floats(v * d);
    k.embedding({ wte, wpe: floats(32 * d), ids, positions, out: embedded, tokens: n, width: d });
    keep('embedding', embedded);

    const logits = empty(n * roundUp4(v));
    k.linear({ x, w: k.packMatrix({ matrix: wte, rows: v, cols: d, transposed: true }), out: logits, m: n });
    const [logProbs, entropy, logSum] = [empty(n), empty(n), empty(n)];
    k.tokenLogProb({ logits, labels: ids, logProbs, entropy, logSum, rows: n, vocabulary: v });
    const penalty = empty(roundUp4(v));
    k.write(penalty, new Float32Array(roundUp4(v)).fill(-Infinity, v));
    const drawn = empty(n);
    k.gumbelSample({
      logits,
      penalty,
      noiseRows: slots,
      noiseSteps: positions,
      out: drawn,
      rows: n,
      vocabulary: v,
      temperature: 0.7,
      key: 99,
    });
    keep('tokenLogProb', logits, logProbs, entropy, logSum, drawn);
    k.tokenLogProbBackward({
      logits,
      labels: ids,
      entropy,
      logSum,
      dLogProbs: floats(n),
      dEntropy: floats(n),
      rows: n,
      vocabulary: v,
    });
    const dwte = floats(v * d);
    k.linearBackwardWeight({ x: logits, dy: x, dWeight: dwte, m: n, k: v, n: d, xStride: roundUp4(v) });
    keep('tokenLogProbBackward', logits, dwte);

    const cache = k.layerCache({ slots: lengths.length, capacity: 32, width: d });
    k.zero(cache.keys);
    k.zero(cache.values);
    k.cacheWrite({ qkv, slots, positions, cache, tokens: n, width: d });
    const last = k.upload(Int32Array.from(lengths, (t) => t - 1));
    const each = k.upload(Int32Array.from(lengths, (_, row) => row));
    const attended = empty(lengths.length * d);
    k.decodeAttention({
      qkv,
      slots: each,
      positions: last,
      cache,
      out: attended,
      tokens: lengths.length,
      shape,
    });
    keep('decode', cache.keys, cache.values, attended);

    const size = 4 * (n * d + 1);
    const [parameters, gradients] = [floats(size), floats(size)];
    const [firstMoment, secondMoment] = [empty(size), empty(size)];
    const decay = floats(size);
    const norm = empty(1);
    k.globalNorm({ gradients, norm });
    const step = { ...adam, maxNorm: 1, correction1: 0.1, correction2: 0.05 };
    k.adamw({ parameters, gradients, firstMoment, secondMoment, decay, norm, step });
    keep('adamw', norm, parameters, gradients, firstMoment, secondMoment, decay);
  });
  return found;
}

/** Three training steps with every kind of output, then evaluation and sampling, of a small model. */
export async function trainingBattery(k: WasmKernels, rows: number, context: number): Promise<Fingerprint> {
  k.leastWork = 0;
  const config = { vocabSize: 37, nPositions: context, nEmbd: 24, nLayer: 2, nHead: 3 };
  const engine = engineOn(k, { backend: 'wasm', kind: 'fused', adapter: 'test', software: false });
  const model = engine.createModel(config, busyWeights(config, 1));
  const rng = rngFrom(8, 'threads');
  const ids = Array.from({ length: rows }, () =>
    Array.from({ length: rng.int(Math.min(2, context), context) }, () => rng.int(3, 36)),
  );
  const batch = ids.map((row) => ({ ids: row, start: 1 }));
  const found: Fingerprint = {};
  for (let step = 0; step < 3; step++) {
    const terms = [{ batch, want: wantAll, loss: everything }, ...(context > 1 ? [pretrainTerm(ids)] : [])];
    found[`step ${step}`] = JSON.stringify(await model.update(terms, adam, true));
  }
  found['weights'] = bits(await model.weights());
  const outputs = await model.evaluate(batch, wantAll);
  for (const name of ['logProbs', 'entropy', 'values'] as const) found[name] = bits(outputs[name]!.data);
  found['scores'] = bits(outputs.scores!);
  const prompts = ids.map((row) => row.slice(0, Math.ceil(row.length / 3)));
  const rollout = await model.generate(prompts, { maxNewTokens: 9, temperature: 1, noiseKey: 5 });
  found['rollout'] = JSON.stringify(rollout.completions);
  model.dispose();
  return found;
}

/** All of it, on so many threads. */
export async function everythingOn(threads: number, relaxed?: boolean): Promise<Record<string, Fingerprint>> {
  const { loaded, note, close } = await openWasm(threads, relaxed);
  const kernels = new WasmKernels(loaded);
  if ((kernels.pool?.size ?? 1) !== threads) throw new Error(`not ${threads} threads: ${note}`);
  const found: Record<string, Fingerprint> = {};
  for (const [name, sizes] of Object.entries(SIZES)) found[name] = kernelBattery(kernels, sizes);
  for (const [rows, context] of [
    [1, 1],
    [1, 17],
    [13, 1],
    [19, 23],
  ] as const)
    // prettier-ignore
    found[`training, ${rows} rows of ${context}`] = await trainingBattery(kernels, rows, context);
  close();
  return found;
}
