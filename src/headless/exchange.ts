import { existsSync } from 'node:fs';
import { saveArtifact } from '../checkpoints/artifact-file';
import { readFile } from 'node:fs/promises';
import { readModel } from '../exchange/hf/model';
import type { LabContents } from '../exchange/lab/file';
import { labOfRun, runOfLab } from '../exchange/lab/run';
import { isPrefixModel, modelsOf, readRun, RUN_FILE, runFiles, type ExchangedRun } from '../exchange/run';
import { bundleFiles, SCRIPT_FILES, type Scripts } from '../exchange/trl/bundle';
import { message, MessageError, sentence, type Message } from '../messages';
import { parameterCount } from '../model/parameters';
import type { Artifact } from '../pipeline/contract/artifacts';
import { readTree, refuseExisting, writeTree } from './folders';
import { isLabFile, readRunFolder, runFolder } from './run-folder';
import { shippedRun } from './shipped-run';
import { UsageError } from './usage';

/** What a run can be exported to. */
export const TARGETS = ['hf', 'trl', 'onnx'] as const;
export type Target = (typeof TARGETS)[number];

/** A run folder, or what is shipped under a name. Throws a UsageError. */
async function runOf(what: string): Promise<ExchangedRun> {
  if (existsSync(what)) return runOfLab(await readRunFolder(what));
  const shipped = await shippedRun(what);
  if (!shipped)
    throw new UsageError(
      `${what} is neither the folder of a run nor shipped (base-tiny, sft-chat-tiny, the trunk chat-tiny)`,
    );
  return shipped;
}

/** Writes a run or a shipped result for other programs. Throws a UsageError or a MessageError. */
export async function exportTo(what: string, to: Target, path: string): Promise<string[]> {
  refuseExisting(path);
  const run = await runOf(what);
  const notices: Message[] = [];
  const artifacts = [...run.artifacts.values()];
  if (to === 'onnx' && artifacts.some(({ kind }) => kind === 'reward'))
    notices.push(message('onnx.reward', {}));
  if (to === 'onnx' && !artifacts.some(({ kind }) => kind === 'model'))
    throw new MessageError(message('onnx.reward', {}));
  for (const { node } of to === 'onnx' ? modelsOf(run) : [])
    if (isPrefixModel(node))
      notices.push(message('at', { path: node.id, problem: message('onnx.prefix', {}) }));
  if (to === 'trl') {
    const { files, refused } = bundleFiles(run, await scripts());
    notices.push(...refused.map(({ arm, reason }) => message('at', { path: arm, problem: reason })));
    await writeTree(path, files);
  } else await writeTree(path, runFiles(run, to === 'onnx'));
  return [
    `${what}: ${[...run.artifacts.keys()].join(', ')} written to ${path}`,
    ...notices.map((n) => sentence(n)),
  ];
}

const SCRIPTS = new URL('../exchange/trl/scripts/', import.meta.url);

/** The bundle's scripts, read from the source tree. */
export const scripts = async (): Promise<Scripts> =>
  Object.fromEntries(
    await Promise.all(
      SCRIPT_FILES.map(async (file) => [file, await readFile(new URL(file, SCRIPTS), 'utf8')] as const),
    ),
  ) as Scripts;

/** Reads what was exported back: a lab or a whole run into a run folder, one model into a safetensors file of the lab. */
export async function importFrom(path: string, out: string | undefined): Promise<string[]> {
  if (out !== undefined) refuseExisting(out);
  if (isLabFile(path)) return importedLab(await readRunFolder(path), out);
  const files = await readTree(path);
  if (files.has(RUN_FILE)) {
    const run = await readRun(files);
    const lines = await importedLab(labOfRun(run), out);
    return [...lines, ...run.changed.map((id) => `${id}: ${sentence(message('exchange.trainedOn', {}))}`)];
  }
  if (!files.has('config.json'))
    throw new MessageError(message('exchange.nothing', { expected: [RUN_FILE, 'config.json'] }));
  const artifact = readModel(files);
  if (out !== undefined)
    await writeTree(out, new Map([['model.safetensors', saveArtifact(artifact, {}, 'F32')]]));
  return [described(artifact)];
}

async function importedLab(contents: LabContents, out: string | undefined): Promise<string[]> {
  if (out !== undefined) await writeTree(out, new Map(Object.entries(runFolder(contents))));
  return contents.runs.map(({ id, run: { result, failure } }) =>
    result ? `${id}: ${described(result.artifact)}` : `${id}: ${sentence(failure!.message)}`,
  );
}

function described(artifact: Artifact): string {
  switch (artifact.kind) {
    case 'model':
    case 'reward':
      return `${artifact.kind === 'model' ? 'language model' : 'reward model'}, ${parameterCount(artifact.config)} parameters`;
    case 'preferences':
      return `${artifact.pairs.length} pairs, ${artifact.heldOut.length} held out`;
    case 'packed-preferences':
      return 'pairs';
    case 'samples':
      return 'answers of SFT';
    case 'scores':
      return 'scores of answers';
    case 'baseline':
      return 'answers of SFT to compare with';
  }
}
