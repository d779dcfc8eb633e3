import { MOST_OF_WORK } from '../../exchange/files';
import { isLab, LAB_EXTENSION, readLab, type LabContents } from '../../exchange/lab/file';
import { isWork, readWork, workFile, type Work } from '../../exchange/lab/work';
import { unzipped } from '../../exchange/zip';
import { message, MessageError, messageOf, type Message } from '../../messages';
import { buildGraph } from '../../pipeline/lab/graph';
import type { Everything } from '../../storage/everything';
import { OWN_KINDS, type OwnKind, type OwnThing } from '../../storage/schema';
import { keeper, runOf } from '../store/keep';
import { actions } from '../store/useLab';
import { download } from '../transfer/download';

/** What became of an export or import. */
export type Moved =
  | { what: 'saved'; file: string }
  | { what: 'in'; runs: number; results: number; own: number; leftOut: number; isStored: boolean }
  | { what: 'failed'; message: Message };

const failed = (error: unknown): Moved => ({ what: 'failed', message: messageOf(error) });

/** Gives the person all finished work of this browser as one file. */
export async function exportAll(): Promise<Moved> {
  try {
    const all = await (await keeper())!.everything();
    const file = `alignlet-work-${new Date().toISOString().slice(0, 10)}${LAB_EXTENSION}`;
    download(file, workFile(all));
    return { what: 'saved', file };
  } catch (error) {
    return failed(error);
  }
}

/** Takes in what `exportAll` gave, or the file of one lab. */
export async function importAll(file: File): Promise<Moved> {
  try {
    const { size, name } = file;
    if (size > MOST_OF_WORK.bytes)
      throw new MessageError(
        message('exchange.tooLarge', { file: name, bytes: size, most: MOST_OF_WORK.bytes }),
      );
    const files = unzipped(new Uint8Array(await file.arrayBuffer()), name, MOST_OF_WORK);
    if (!isWork(files) && !isLab(files))
      throw new MessageError(message('exchange.nothing', { expected: ['work.json', 'lab.json'] }));
    const read = isWork(files) ? readWork(files) : { ...workOf(readLab(files)), leftOut: 0 };
    const all = asStored(read);
    const isStored = (await (await keeper())?.takeIn(all)) ?? false;
    await actions.reloadKept();
    const { runs, results, own } = all;
    const counts = { runs: runs.length, results: results.length, own: own.length };
    return { what: 'in', ...counts, leftOut: read.leftOut, isStored };
  } catch (error) {
    return failed(error);
  }
}

/** A lab that was saved by itself is a run. */
function workOf({ name, config, runs }: LabContents): Work {
  const demo = name === 'free' ? null : name;
  const now = Date.now();
  const results = buildGraph(config).flatMap(({ key, stage }) => {
    const run = runs.find((found) => found.run.result && found.run.key === key)?.run;
    return run ? [{ stage, run }] : [];
  });
  return { runs: [{ config, demo, begun: now, changed: now }], results, own: [] };
}

const isKind = (kind: string): kind is OwnKind => (OWN_KINDS as readonly string[]).includes(kind);

/** What was read, as it is kept here. Own things of kinds that this page does not know are left out. */
const asStored = ({ runs, results, own }: Work): Everything => ({
  runs: runs.map(({ config, demo, begun, changed }) => ({ ...runOf(config, demo), begun, changed })),
  results: [...results],
  own: own.flatMap((thing): OwnThing[] => {
    const { kind } = thing;
    return isKind(kind) ? [{ ...thing, kind }] : [];
  }),
});
