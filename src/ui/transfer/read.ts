import { MOST_IN_ALL } from '../../exchange/files';
import { isLab, readLab, type LabContents } from '../../exchange/lab/file';
import { isWork } from '../../exchange/lab/work';
import { labOfRun } from '../../exchange/lab/run';
import { readRun, RUN_FILE } from '../../exchange/run';
import { unzipped } from '../../exchange/zip';
import { message, MessageError } from '../../messages';
import { buildGraph } from '../../pipeline/lab/graph';

/** A lab that was read of a file, and what is to be said of it. */
export interface ReadFile {
  file: string;
  contents: LabContents;
  /** Results of other settings than those of the file, or of another version of the lab. */
  earlier: number;
  failed: number;
  /** Models that were trained on elsewhere. */
  left: readonly string[];
}

/** Reads a whole lab, or a run that was exported for transformers. Rejects with a MessageError. */
export async function readFile(file: File): Promise<ReadFile> {
  if (file.size > MOST_IN_ALL.bytes)
    throw new MessageError(
      message('exchange.tooLarge', { file: file.name, bytes: file.size, most: MOST_IN_ALL.bytes }),
    );
  const files = unzipped(new Uint8Array(await file.arrayBuffer()), file.name);
  if (isLab(files)) return summary(file.name, readLab(files), []);
  if (isWork(files)) throw new MessageError(message('exchange.work', {}));
  if (!files.has(RUN_FILE))
    throw new MessageError(message('exchange.nothing', { expected: ['lab.json', RUN_FILE] }));
  const run = await readRun(files);
  return summary(file.name, labOfRun(run), run.changed);
}

function summary(file: string, contents: LabContents, left: readonly string[]): ReadFile {
  const keys = new Set(buildGraph(contents.config).map(({ key }) => key));
  return {
    file,
    contents,
    earlier: contents.runs.filter(({ run }) => run.result && !keys.has(run.key)).length,
    failed: contents.runs.filter(({ run }) => run.failure).length,
    left,
  };
}
