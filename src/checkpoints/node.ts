import { readFile, writeFile } from 'node:fs/promises';
import type { Artifact } from '../pipeline/contract/stage';
import { saveArtifact } from './artifact-file';
import { checkedManifest, shippedFrom, type Manifest } from './manifest';

const FOLDER = new URL('./data/', import.meta.url);

const readManifest = async (): Promise<Manifest> =>
  checkedManifest(JSON.parse(await readFile(new URL('manifest.json', FOLDER), 'utf8')));

/** Shipped results in Node, read from the source tree. */
export const nodeShippedResults = shippedFrom(
  readManifest,
  async (file) => new Uint8Array(await readFile(new URL(file, FOLDER))),
);

/** Writes an artifact into the shipped folder and lists it in the manifest under its key. */
export async function ship(
  file: string,
  key: string,
  artifact: Artifact,
  summary: Record<string, number>,
): Promise<void> {
  await writeFile(new URL(file, FOLDER), saveArtifact(artifact));
  const others = (await readManifest()).filter((e) => e.file !== file && e.key !== key);
  const next = [...others, { key, file, summary }].sort((a, b) => (a.file < b.file ? -1 : 1));
  await writeFile(new URL('manifest.json', FOLDER), JSON.stringify(next, null, 2) + '\n');
}

/** Writes a text file (card, loss curve) beside the artifacts. */
export const writeBeside = (file: string, text: string): Promise<void> =>
  writeFile(new URL(file, FOLDER), text);
