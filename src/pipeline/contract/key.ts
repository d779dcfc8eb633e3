import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** SHA-256 of canonical JSON (sorted object keys), first 128 bits as hex. */
export const keyOf = (value: unknown): string =>
  bytesToHex(sha256(utf8ToBytes(JSON.stringify(value, sortKeys)))).slice(0, 32);

function sortKeys(_: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
