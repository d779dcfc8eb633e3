import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { z } from 'zod';
import { saveArtifact } from '../checkpoints/artifact-file';
import type { Artifact } from '../pipeline/contract/artifacts';
import { preferencesOf } from '../pipeline/contract/packed-preferences';

/** SHA-256 as 64 hexadecimal digits. */
export const digest = (bytes: Uint8Array): string => bytesToHex(sha256(bytes));

/** What `digest` writes. */
export const digestSchema = z.string().regex(/^[0-9a-f]{64}$/);

/** An artifact as a file, with every bit of it; the same whatever notes lie beside labels that are packed. */
export const artifactBytes = (artifact: Artifact): Uint8Array<ArrayBuffer> =>
  saveArtifact(preferencesOf(artifact) ?? artifact, {}, 'F32');

/** Of what an artifact holds. */
export const artifactDigest = (artifact: Artifact): string => digest(artifactBytes(artifact));
