import { z } from 'zod';
import { message, MessageError } from '../../messages';
import type { LabConfig } from '../../pipeline/lab/config';
import { labConfigSchema } from '../../pipeline/lab/config';
import type { GraphNode } from '../../pipeline/lab/graph';
import type { NodeRun } from '../../pipeline/lab/lab';
import { keySchema, wordSchema } from '../../pipeline/records/stored-config';
import type { StageName } from '../../pipeline/stages';
import { graphOf } from '../config';
import { digestSchema } from '../digest';
import { at, bytesOfJson, jsonOfFile, type Files } from '../files';
import { zipped } from '../zip';
import { addRun, readRunIn, type RunDigests } from './file';

const WORK_FILE = 'work.json';
const WORK_VERSION = 1;

/** A configuration that was run. Which results are its own follows from it. */
export interface WorkRun {
  config: LabConfig;
  /** The lesson that was open. */
  demo: string | null;
  /** Milliseconds since 1970. */
  begun: number;
  changed: number;
}

/** Something that a person made. */
export interface WorkThing {
  kind: string;
  id: string;
  changed: number;
  /** As JSON has it. */
  value: unknown;
}

/** All finished work of a browser, as it leaves for another one. */
export interface Work {
  runs: readonly WorkRun[];
  results: readonly { stage: StageName; run: NodeRun }[];
  own: readonly WorkThing[];
}

const time = z.number().min(0);

const workSchema = z.strictObject({
  format: z.literal('alignlet-work'),
  version: z.literal(WORK_VERSION),
  runs: z.array(
    z.strictObject({
      config: labConfigSchema,
      demo: z.string().max(200).nullable(),
      begun: time,
      changed: time,
    }),
  ),
  /** By key: SHA-256 of the files in `results/<key>`. */
  results: z.record(keySchema, z.strictObject({ run: digestSchema, artifact: digestSchema.optional() })),
  own: z.array(
    z.strictObject({ kind: wordSchema, id: z.string().min(1).max(200), changed: time, value: z.unknown() }),
  ),
});

const versionSchema = z.looseObject({
  format: z.literal('alignlet-work'),
  version: z.number().int().min(1),
});

const folderOf = (key: string) => `results/${key}`;

/** All work as one file: rows, figures and weights to the last bit. */
export function workFile({ runs, results, own }: Work): Uint8Array<ArrayBuffer> {
  const files = new Map<string, Uint8Array>();
  const digests: Record<string, RunDigests> = {};
  for (const { run } of results) digests[run.key] = addRun(files, folderOf(run.key), run);
  const work = {
    format: 'alignlet-work',
    version: WORK_VERSION,
    runs: runs.map(({ config, demo, begun, changed }) => ({ config, demo, begun, changed })),
    results: digests,
    own: own.map(({ kind, id, changed, value }) => ({ kind, id, changed, value })),
  };
  return zipped(new Map([[WORK_FILE, bytesOfJson(work)], ...files]));
}

/** Whether these are the files of all work of a browser. */
export const isWork = (files: Files): boolean => files.has(WORK_FILE);

export interface ReadWork extends Work {
  /** Results that no run of this version of the lab is made of: they are left out. */
  leftOut: number;
}

/** Reads what workFile wrote. Throws a MessageError that names file and field. */
export function readWork(files: Files): ReadWork {
  const { version } = jsonOfFile(files, WORK_FILE, versionSchema);
  if (version > WORK_VERSION)
    throw new MessageError(message('exchange.version', { version, most: WORK_VERSION }));
  const { runs: shaped, results: found, own } = jsonOfFile(files, WORK_FILE, workSchema);
  const runs = shaped as WorkRun[];
  const nodes = new Map<string, GraphNode>();
  for (const [i, { config }] of runs.entries())
    for (const node of at(`${WORK_FILE}: runs.${i}`, () => graphOf(config))) nodes.set(node.key, node);
  const known = Object.entries(found).filter(([key]) => nodes.has(key));
  const results = known.map(([key, digests]) => {
    const node = nodes.get(key)!;
    const run = readRunIn(files, folderOf(key), node, digests);
    if (run.key !== key || !run.result) {
      const values = { name: `${folderOf(key)}/run.json: key`, got: run.key, expected: key };
      throw new MessageError(message('exchange.differs', values));
    }
    return { stage: node.stage, run };
  });
  return { runs, results, own, leftOut: Object.keys(found).length - known.length };
}
