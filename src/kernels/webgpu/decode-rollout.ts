import { LAYER_NORM_EPSILON, type DecoderWeights, type LayerCache } from '../kernels';
import type { On } from './args';
import type { Context } from './context';
import { memoised } from './context';
import { GUMBEL } from './gumbel';
import { GELU } from './matmul';
import type { GpuBuffer } from './memory';
import type { Program } from './programs';

/** Threads of the workgroup that decodes one row: at least as many as there are vectors in its widest state. */
const THREADS = 256;
/** Widest model: its weights are read once for every row and token, which pays while they are small. */
const WIDTH = 128;
/** Scores of one token, all heads: they stay in workgroup memory. */
const SCORES = 1024;
/** Products of numbers in one dispatch at most, so that no device is busy for long. */
const PRODUCTS = 1 << 27;

const OFFSETS = {
  ln1: ['ln1Weight', 'ln1Bias'],
  qkv: ['qkvWeight', 'qkvBias'],
  projection: ['projectionWeight', 'projectionBias'],
  ln2: ['ln2Weight', 'ln2Bias'],
  up: ['upWeight', 'upBias'],
  down: ['downWeight', 'downBias'],
} as const;
type LayerName = keyof typeof OFFSETS;
const LAYER_NAMES = Object.keys(OFFSETS) as LayerName[];

const program = memoised((key: `${number}, ${number}`): Program => {
  const [vectors, headVectors] = key.split(', ').map(Number) as [number, number];
  return {
    name: 'decodeRollout',
    uniforms: {
      vocabulary: 'u32',
      slots: 'u32',
      capacity: 'u32',
      stride: 'u32',
      first: 'u32',
      last: 'u32',
      steps: 'u32',
      layers: 'u32',
      layerStride: 'u32',
      noisy: 'u32',
      inverse: 'f32',
      key: 'u32',
      end: 'u32',
      scale: 'f32',
      wte: 'u32',
      wpe: 'u32',
      lnFWeight: 'u32',
      lnFBias: 'u32',
      ...Object.fromEntries(LAYER_NAMES.flatMap((n) => OFFSETS[n].map((name) => [name, 'u32' as const]))),
    },
    reads: { weights: 'vec4f', penalty: 'f32', lengths: 'i32', limits: 'i32', noiseRows: 'i32' },
    writes: { cache: 'vec4f', hidden: 'vec4f', tokens: 'i32' },
    code: /* wgsl */ `
const THREADS = ${THREADS}u;
const D4 = ${vectors}u; // vectors of a state
const HEAD4 = ${headVectors}u;
const HEADS = ${vectors / headVectors}u;
const PARTS = ${Math.floor(THREADS / vectors)}u; // threads that share the sum over keys
var<workgroup> state: array<vec4f, D4>; // residual stream of the row
var<workgroup> operand: array<vec4f, 4u * D4>; // what is multiplied next
var<workgroup> query: array<vec4f, D4>;
var<workgroup> partial: array<vec4f, THREADS>;
var<workgroup> scores: array<f32, ${SCORES}>;
var<workgroup> tops: array<f32, THREADS>;
var<workgroup> places: array<i32, THREADS>;
var<workgroup> drawn: i32;
${GUMBEL}
${GELU}
// by its bits, since compilers may assume that there is no infinity and no NaN
fn isFinite(x: f32) -> bool { return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u; }

fn normalise(id: u32, gain: u32, shift: u32) {
  if (id < D4) {
    var sum = 0.0;
    for (var i = 0u; i < D4; i++) { sum += dot(state[i], vec4f(1.0)); }
    let mean = sum / f32(4u * D4);
    sum = 0.0;
    for (var i = 0u; i < D4; i++) {
      let away = state[i] - mean;
      sum += dot(away, away);
    }
    let rstd = inverseSqrt(sum / f32(4u * D4) + ${LAYER_NORM_EPSILON});
    operand[id] = (state[id] - mean) * rstd * weights[gain + id] + weights[shift + id];
  }
  workgroupBarrier();
}

// partial sums of operand[4 k4] · matrix[4 k4, 4 n4]: threads share the columns, and then the rows
fn multiply(id: u32, matrix: u32, k4: u32, n4: u32) {
  let parts = THREADS / n4;
  var sum = vec4f(0.0);
  if (id < parts * n4) {
    for (var i = id / n4; i < k4; i += parts) {
      let a = operand[i];
      let at = matrix + 4u * i * n4 + id % n4;
      sum += a.x * weights[at] + a.y * weights[at + n4]
        + a.z * weights[at + 2u * n4] + a.w * weights[at + 3u * n4];
    }
  }
  partial[id] = sum;
  workgroupBarrier();
}
fn product(column: u32, n4: u32) -> vec4f {
  var sum = partial[column];
  for (var part = 1u; part < THREADS / n4; part++) { sum += partial[part * n4 + column]; }
  return sum;
}

// token of the row's state at this step, or −1 where no logit is a number
fn draw(id: u32, step: u32, noiseRow: u32) -> i32 {
  normalise(id, u.lnFWeight, u.lnFBias);
  var top = -3.4e38;
  var place = -1;
  for (var v = id; v < u.vocabulary; v += THREADS) {
    var sum = vec4f(0.0);
    for (var c = 0u; c < D4; c++) { sum += operand[c] * weights[u.wte + v * D4 + c]; }
    let logit = dot(sum, vec4f(1.0));
    var value = logit * u.inverse;
    if (u.noisy != 0u) { value += gumbel(v / 4u, step, noiseRow, u.key)[v % 4u]; }
    value += penalty[v];
    if (isFinite(logit) && isFinite(penalty[v]) && value > top) {
      top = value;
      place = i32(v);
    }
  }
  tops[id] = top;
  places[id] = place;
  workgroupBarrier();
  // the lowest index wins a tie, as argmax does
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    if (id < half) {
      let other = places[id + half];
      let ahead = tops[id + half] > tops[id] || (tops[id + half] == tops[id] && other < places[id]);
      if (other >= 0 && (places[id] < 0 || ahead)) {
        tops[id] = tops[id + half];
        places[id] = other;
      }
    }
    workgroupBarrier();
  }
  if (id == 0u) { drawn = places[0]; }
  return workgroupUniformLoad(&drawn);
}

fn attend(id: u32, keys: u32, count: u32) {
  let values = keys + u.slots * u.capacity * D4;
  for (var e = id; e < HEADS * count; e += THREADS) {
    let head = HEAD4 * (e / count);
    let key = keys + (e % count) * D4 + head;
    var score = 0.0;
    for (var c = 0u; c < HEAD4; c++) { score += dot(query[head + c], cache[key + c]); }
    scores[e] = score * u.scale;
  }
  workgroupBarrier();
  let column = id % D4;
  let head = count * (column / HEAD4);
  var sum = vec4f(0.0);
  var total = 0.0;
  if (id < PARTS * D4) {
    var top = -3.0e38;
    for (var j = 0u; j < count; j++) { top = max(top, scores[head + j]); }
    for (var j = id / D4; j < count; j += PARTS) {
      let p = exp(max(scores[head + j] - top, -87.0));
      total += p;
      sum += p * cache[values + j * D4 + column];
    }
  }
  partial[id] = sum;
  tops[id] = total;
  workgroupBarrier();
  if (id < D4) {
    for (var part = 1u; part < PARTS; part++) {
      sum += partial[part * D4 + id];
      total += tops[part * D4 + id];
    }
    operand[id] = sum / total;
  }
  workgroupBarrier();
}

@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) id: u32) {
  let row = group.x;
  let prompt = u32(lengths[row]);
  let limit = u32(max(limits[row], 0));
  if (id < D4) { state[id] = hidden[row * D4 + id]; }
  if (id == 0u) { drawn = select(-1, tokens[(max(u.first, 1u) - 1u) * u.stride + row], u.first > 0u); }
  if (workgroupUniformLoad(&drawn) == i32(u.end)) { return; }
  for (var step = u.first; step < u.last; step++) {
    let token = draw(id, step, u32(noiseRows[row]));
    if (id == 0u) { tokens[step * u.stride + row] = token; }
    if (token < 0 || u32(token) == u.end || step + 1u >= limit) {
      // the row is finished: so it stays
      for (var later = step + 1u + id; later < u.steps; later += THREADS) {
        tokens[later * u.stride + row] = i32(u.end);
      }
      return;
    }
    let position = prompt + step;
    if (id < D4) { state[id] = weights[u.wte + u32(token) * D4 + id] + weights[u.wpe + position * D4 + id]; }
    workgroupBarrier();
    for (var layer = 0u; layer < u.layers; layer++) {
      let base = layer * u.layerStride;
      let keys = (2u * layer * u.slots + row) * u.capacity * D4;
      normalise(id, base + u.ln1Weight, base + u.ln1Bias);
      multiply(id, base + u.qkvWeight, D4, 3u * D4);
      if (id < 3u * D4) {
        let value = product(id, 3u * D4) + weights[base + u.qkvBias + id];
        if (id < D4) { query[id] = value; }
        else { cache[keys + (id / D4 - 1u) * u.slots * u.capacity * D4 + position * D4 + id % D4] = value; }
      }
      storageBarrier();
      workgroupBarrier();
      attend(id, keys, position + 1u);
      multiply(id, base + u.projectionWeight, D4, D4);
      if (id < D4) { state[id] += product(id, D4) + weights[base + u.projectionBias + id]; }
      workgroupBarrier();
      normalise(id, base + u.ln2Weight, base + u.ln2Bias);
      multiply(id, base + u.upWeight, D4, 4u * D4);
      if (id < 4u * D4) { operand[id] = gelu(product(id, 4u * D4) + weights[base + u.upBias + id]); }
      workgroupBarrier();
      multiply(id, base + u.downWeight, 4u * D4, D4);
      if (id < D4) { state[id] += product(id, D4) + weights[base + u.downBias + id]; }
      workgroupBarrier();
    }
  }
  if (id < D4) { hidden[row * D4 + id] = state[id]; }
}
`,
  };
});

/** Caches of all layers in one buffer: [layer][keys, values][slot][position][d]. Null: too large for this. */
export function rolloutCaches(
  context: Context & { slice(buffer: GpuBuffer, offset: number, length: number): GpuBuffer },
  { layers, slots, capacity, width, shape }: On<'rolloutCaches'>,
  largest: number,
): LayerCache<GpuBuffer>[] | null {
  const part = slots * capacity * width;
  const bytes = 8 * layers * part;
  const bound = 1.5 * bytes + (1 << 20); // temporaries are made larger than they need to be
  if (width > WIDTH || shape.heads * capacity > SCORES || part % 64 !== 0 || bound > largest) return null;
  const whole = context.temporary(2 * layers * part);
  return Array.from({ length: layers }, (_, i) => ({
    keys: context.slice(whole, 2 * i * part, part),
    values: context.slice(whole, (2 * i + 1) * part, part),
    capacity,
  }));
}

/** A range of a buffer seen as the whole that it is part of. */
const wholeOf = ({ raw }: GpuBuffer): GpuBuffer => {
  const { size } = raw.gpu;
  return { raw, offset: 0, size, length: size / 4, key: `${raw.id}.0.${size}` };
};

/** Where the weights lie in their buffer, in vectors; layers follow each other at equal distances. */
function offsetsOf({ wte, wpe, layers, lnF }: DecoderWeights<GpuBuffer>): {
  places: number[];
  layerStride: number;
} {
  const [first, second] = layers;
  const at = (buffer: GpuBuffer) => buffer.offset / 16;
  const layerStride = second ? at(second.ln1.weight) - at(first!.ln1.weight) : 0;
  const last = layers[layers.length - 1]!;
  if (at(last.down.bias) !== at(first!.down.bias) + (layers.length - 1) * layerStride)
    throw new RangeError('the layers of a decoder must lie at equal distances in one buffer');
  const places = [wte, wpe, lnF.weight, lnF.bias].map(at);
  for (const name of LAYER_NAMES) places.push(at(first![name].weight), at(first![name].bias));
  return { places, layerStride };
}

/**
 * Whole rollouts: one workgroup decodes one row, token after token, with its state in workgroup memory; rows know
 * nothing of each other, so a row that is finished costs nothing any more. A dispatch runs as many steps as are
 * little work even for a small device.
 */
export function decodeRollout(
  context: Context,
  { weights, caches, hidden, penalty, lengths, limits, noiseRows, out, ...rest }: On<'decodeRollout'>,
): void {
  const { rows, steps, stride, vocabulary, shape, temperature, key, end } = rest;
  const { heads, headDim } = shape;
  const vectors = (heads * headDim) / 4;
  const { places, layerStride } = offsetsOf(weights);
  const noisy = temperature > 0;
  const perStep = rows * (12 * caches.length * 16 * vectors ** 2 + 4 * vectors * vocabulary);
  const many = Math.max(1, Math.min(steps, Math.floor(PRODUCTS / perStep)));
  const { keys, capacity } = caches[0]!;
  const buffers = [wholeOf(weights.wte), penalty, lengths, limits, noiseRows];
  for (let first = 0; first < steps; first += many)
    context.run(
      program(`${vectors}, ${headDim / 4}`),
      [...buffers, wholeOf(keys), hidden, out],
      [
        ...[vocabulary, rows, capacity, stride, first, Math.min(steps, first + many), steps],
        ...[caches.length, layerStride, noisy ? 1 : 0, noisy ? 1 / temperature : 1, key, end],
        ...[1 / Math.sqrt(headDim), ...places],
      ],
      rows,
    );
}
