import { CheckpointError, type FileProblem } from './checkpoint-error';
import { shown } from '../messages/shape';
import { parseStrict } from './strict-json';

export { CheckpointError } from './checkpoint-error';

/*
 * The safetensors format (Hugging Face): 8 bytes little-endian header length, a JSON header
 * `{name: {dtype, shape, data_offsets}, __metadata__}` that begins with `{` and may be padded with spaces at its
 * end, then the raw little-endian data without holes.
 * Files may come from anywhere, so reading trusts nothing and says in one line what is wrong.
 */

export type Dtype = 'F32' | 'F16' | 'I32' | 'U16';

/** A tensor in memory. F16 is float32 here and half precision in the file. */
export interface StoredTensor {
  dtype: Dtype;
  shape: readonly number[];
  data: Float32Array | Int32Array | Uint16Array;
}

export interface Safetensors {
  tensors: Map<string, StoredTensor>;
  metadata: Record<string, string>;
}

const BYTES: Record<Dtype, number> = { F32: 4, F16: 2, I32: 4, U16: 2 };
const MAX_HEADER = 1 << 20;

/** Names that a header cannot hold a tensor or a note under. */
const RESERVED = ['__metadata__', '__proto__'];

const refuse = (problem: FileProblem): never => {
  throw new CheckpointError(problem);
};

/** Throws a CheckpointError that names what a file could not hold, so that it would read back as something else. */
export function writeSafetensors({ tensors, metadata }: Safetensors): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let end = 0;
  for (const name of [...tensors.keys(), ...Object.keys(metadata)])
    if (RESERVED.includes(name)) refuse({ code: 'file.reserved', values: { name } });
  for (const [name, { dtype, shape, data }] of tensors) {
    const begin = end;
    if (!isShape(shape)) refuse({ code: 'file.shape', values: { tensor: name } });
    end += sizeOf(shape) * BYTES[dtype];
    if (data.length !== sizeOf(shape))
      refuse({ code: 'file.count', values: { tensor: name, count: data.length, shape: [...shape] } });
    header[name] = { dtype, shape, data_offsets: [begin, end] };
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const headerLength = Math.ceil(json.length / 8) * 8; // aligned, padded with spaces
  const bytes = new Uint8Array(8 + headerLength + end);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(headerLength), true);
  bytes.fill(0x20, 8, 8 + headerLength).set(json, 8);
  let at = 8 + headerLength;
  for (const [name, { dtype, data }] of tensors)
    for (const x of data) {
      if (dtype === 'F32') view.setFloat32(at, x, true);
      else if (dtype === 'F16') view.setUint16(at, halfBitsChecked(x, name), true);
      else if (dtype === 'I32')
        view.setInt32(at, integerChecked(x, dtype, -(2 ** 31), 2 ** 31 - 1, name), true);
      else view.setUint16(at, integerChecked(x, dtype, 0, 65535, name), true);
      at += BYTES[dtype];
    }
  return bytes;
}

export function readSafetensors(bytes: Uint8Array): Safetensors {
  const { header, dataStart } = readHeader(bytes);
  const available = bytes.length - dataStart;
  const metadata = readMetadata(header['__metadata__']);
  const entries = Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, entry]) => ({ name, ...readEntry(name, entry, available) }));
  const view = new DataView(bytes.buffer, bytes.byteOffset + dataStart, available);
  let expected = 0;
  for (const { name, begin, end } of entries.slice().sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== expected)
      refuse({ code: begin < expected ? 'file.overlap' : 'file.hole', values: { tensor: name } });
    expected = end;
  }
  if (expected !== available) refuse({ code: 'file.rest', values: { bytes: available - expected } });
  const tensors = new Map<string, StoredTensor>();
  for (const { name, dtype, shape, begin } of entries)
    tensors.set(name, { dtype, shape, data: decode(view, dtype, begin, sizeOf(shape)) });
  return { tensors, metadata };
}

function readHeader(bytes: Uint8Array): { header: Record<string, unknown>; dataStart: number } {
  if (bytes.length < 8) refuse({ code: 'file.short', values: { bytes: bytes.length } });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const length = view.getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER))
    refuse({ code: 'file.headerTooLarge', values: { length: String(length), most: MAX_HEADER } });
  const dataStart = 8 + Number(length);
  if (dataStart > bytes.length)
    refuse({ code: 'file.headerCut', values: { end: dataStart, bytes: bytes.length } });
  const text = textOf(bytes.subarray(8, dataStart));
  if (/^[\s\uFEFF]/.test(text)) refuse({ code: 'file.headerBegin', values: {} });
  const header = parsed(text);
  if (!isRecord(header)) throw new CheckpointError({ code: 'file.headerObject', values: {} });
  if (!/} *$/.test(text)) refuse({ code: 'file.headerEnd', values: {} });
  return { header, dataStart };
}

const noJson = () => new CheckpointError({ code: 'file.headerJson', values: {} });

function textOf(bytes: Uint8Array): string {
  try {
    // as it is: a decoder would swallow a byte order mark
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw noJson();
  }
}

function parsed(text: string): unknown {
  try {
    return parseStrict(text);
  } catch (error) {
    throw error instanceof CheckpointError ? error : noJson();
  }
}

function readMetadata(raw: unknown): Record<string, string> {
  if (raw === undefined) return {};
  if (!isRecord(raw) || !Object.values(raw).every((v) => typeof v === 'string'))
    throw new CheckpointError({ code: 'file.metadata', values: {} });
  return { ...raw } as Record<string, string>;
}

interface Entry {
  dtype: Dtype;
  shape: readonly number[];
  begin: number;
  end: number;
}

function readEntry(tensor: string, raw: unknown, available: number): Entry {
  if (!isRecord(raw)) return refuse({ code: 'file.noDescription', values: { tensor } });
  const { dtype, shape, data_offsets: offsets } = raw;
  if (!isDtype(dtype)) {
    const values = { tensor, dtype: shown(dtype), known: Object.keys(BYTES) };
    return refuse({ code: 'file.dtype', values });
  }
  if (!isShape(shape)) return refuse({ code: 'file.shape', values: { tensor } });
  if (!isCounts(offsets) || offsets.length !== 2) return refuse({ code: 'file.offsets', values: { tensor } });
  const [begin, end] = offsets as [number, number];
  if (begin > end) return refuse({ code: 'file.reversed', values: { tensor, begin, end } });
  if (end > available) return refuse({ code: 'file.pastEnd', values: { tensor, end, bytes: available } });
  const [bytes, needed] = [end - begin, sizeOf(shape) * BYTES[dtype]];
  if (bytes !== needed)
    return refuse({ code: 'file.size', values: { tensor, bytes, dtype, shape: [...shape], needed } });
  return { dtype, shape, begin, end };
}

const isDtype = (x: unknown): x is Dtype => typeof x === 'string' && Object.hasOwn(BYTES, x);

const isRecord = (x: unknown): x is Record<string, unknown> =>
  typeof x === 'object' && x !== null && !Array.isArray(x);

const isCounts = (x: unknown): x is number[] =>
  Array.isArray(x) && x.every((n) => Number.isSafeInteger(n) && (n as number) >= 0);

/** Counts whose product is one, too: beyond 2⁵³ it would be rounded, and infinity times 0 is NaN. */
const isShape = (x: unknown): x is readonly number[] => isCounts(x) && Number.isSafeInteger(sizeOf(x));

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

function decode(view: DataView, dtype: Dtype, begin: number, size: number): StoredTensor['data'] {
  switch (dtype) {
    case 'F32':
      return Float32Array.from({ length: size }, (_, i) => view.getFloat32(begin + 4 * i, true));
    case 'F16':
      return Float32Array.from({ length: size }, (_, i) => fromHalfBits(view.getUint16(begin + 2 * i, true)));
    case 'I32':
      return Int32Array.from({ length: size }, (_, i) => view.getInt32(begin + 4 * i, true));
    case 'U16':
      return Uint16Array.from({ length: size }, (_, i) => view.getUint16(begin + 2 * i, true));
  }
}

const scratch = new DataView(new ArrayBuffer(4));

/** Nearest IEEE 754 half of a float32, ties to even; beyond ±65504 rounds to infinity. */
export function toHalfBits(x: number): number {
  scratch.setFloat32(0, x);
  const bits = scratch.getUint32(0);
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // NaN
  if (magnitude >= 0x477ff000) return sign | 0x7c00; // 65520 and above round to infinity
  if (magnitude >= 0x38800000) {
    // normal: rebias the exponent by 112 and round away 13 bits
    const odd = (magnitude >>> 13) & 1;
    return sign | ((magnitude - 0x38000000 + 0xfff + odd) >>> 13);
  }
  // subnormal: a count of 2⁻²⁴; the product is exact, so only the rounding to an integer rounds
  const units = Math.abs(Math.fround(x)) * 2 ** 24;
  const floor = Math.floor(units);
  const rest = units - floor;
  return sign | (rest > 0.5 || (rest === 0.5 && (floor & 1) === 1) ? floor + 1 : floor);
}

export function fromHalfBits(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

function halfBitsChecked(x: number, name: string): number {
  const bits = toHalfBits(x);
  if ((bits & 0x7fff) === 0x7c00 && Number.isFinite(x))
    refuse({ code: 'file.half', values: { tensor: name, value: x } });
  return bits;
}

function integerChecked(x: number, dtype: Dtype, least: number, most: number, tensor: string): number {
  if (!Number.isInteger(x) || x < least || x > most)
    refuse({ code: 'file.integer', values: { tensor, value: x, dtype } });
  return x;
}
