import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadArtifact, saveArtifact } from '../checkpoints/artifact-file';
import { at, type Files } from '../exchange/files';
import { readRunFile, RUN_FILE, runFile, type ExchangedRun } from '../exchange/run';
import { unzipped, zipped } from '../exchange/zip';
import { CheckpointError } from '../model/safetensors';
import type { Artifact } from '../pipeline/contract/artifacts';
import type { RunSummary } from '../pipeline/records/recording';
import { UsageError } from './usage';

/** What the stages of a run have made, each as `<node>.safetensors`. */
const ARTIFACTS = 'artifacts.zip';

/** What of a run folder is read again. */
export const RUN_FOLDER_FILES = [RUN_FILE, ARTIFACTS] as const;

/** A run that has just ended. */
export function exchangedRun(
  { demo, config, trunk, arms }: RunSummary,
  artifacts: ReadonlyMap<string, Artifact>,
): ExchangedRun {
  const figures = Object.fromEntries(
    Object.entries({ ...trunk, ...arms }).map(([id, all]) => [
      id,
      Object.fromEntries(Object.entries(all).filter(([name, x]) => name !== 'seconds' && Number.isFinite(x))),
    ]),
  ) as ExchangedRun['figures'];
  return { name: demo, config, figures, artifacts };
}

/** The files of a run folder; weights as they are, so that what is read again is the same run. */
export const runFolder = (run: ExchangedRun): Record<(typeof RUN_FOLDER_FILES)[number], Uint8Array> => ({
  [RUN_FILE]: runFile(run),
  [ARTIFACTS]: zipped(
    new Map([...run.artifacts].map(([id, a]) => [`${id}.safetensors`, saveArtifact(a, {}, 'F32')])),
  ),
});

/** Reads a run folder. Rejects with a UsageError or MessageError that names what is wrong. */
export async function readRunFolder(folder: string): Promise<ExchangedRun> {
  const read = async (name: string): Promise<Uint8Array> =>
    new Uint8Array(
      await readFile(join(folder, name)).catch(() => {
        throw new UsageError(`${join(folder, name)} cannot be read; is it the folder of lab run --out?`);
      }),
    );
  const { graph, ...run } = readRunFile(new Map([[RUN_FILE, await read(RUN_FILE)]]));
  const files: Files = unzipped(await read(ARTIFACTS), ARTIFACTS);
  const artifacts = new Map<string, Artifact>();
  for (const { id } of graph) {
    const name = `${id}.safetensors`;
    const bytes = files.get(name);
    if (bytes)
      artifacts.set(
        id,
        at(ARTIFACTS, () => loaded(name, bytes)),
      );
  }
  return { ...run, artifacts };
}

function loaded(name: string, bytes: Uint8Array): Artifact {
  try {
    return loadArtifact(bytes);
  } catch (error) {
    throw error instanceof CheckpointError ? error.in(name) : error;
  }
}
