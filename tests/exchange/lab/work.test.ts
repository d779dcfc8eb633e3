import { describe, expect, it } from 'vitest';
import { bytesOfJson, type Files } from '../../../src/exchange/files';
import { isLab } from '../../../src/exchange/lab/file';
import { isWork, readWork, workFile, type Work } from '../../../src/exchange/lab/work';
import { unzipped } from '../../../src/exchange/zip';
import { buildGraph } from '../../../src/pipeline/lab/graph';
import { SAMPLE_CONFIG, sampleLab } from './sample';

const nodes = buildGraph(SAMPLE_CONFIG);
const work: Work = {
  runs: [{ config: SAMPLE_CONFIG, demo: null, begun: 1, changed: 2 }],
  results: sampleLab().runs.map(({ id, run }) => ({ stage: nodes.find((n) => n.id === id)!.stage, run })),
  own: [{ kind: 'labels', id: 'a', changed: 3, value: { chosen: ['good'], at: 0.1 + 0.2 } }],
};
const files = unzipped(workFile(work), 'x.alignlet');

/** The files with another list of what there is. */
function withWork(change: (list: Record<string, Record<string, unknown>>) => void): Files {
  const list = JSON.parse(new TextDecoder().decode(files.get('work.json'))) as never;
  change(list);
  return new Map(files).set('work.json', bytesOfJson(list));
}

describe('the file of all work', () => {
  it('comes back to the last bit', () => {
    expect([isWork(files), isLab(files)]).toEqual([true, false]);
    expect(readWork(files)).toEqual({ ...work, leftOut: 0 });
  });

  it('of nothing is read, too', () => {
    const nothing: Work = { runs: [], results: [], own: [] };
    expect(readWork(unzipped(workFile(nothing), 'x'))).toEqual({ ...nothing, leftOut: 0 });
  });

  it('leaves out results that no run of this version is made of, and says how many', () => {
    const read = readWork(withWork((list) => void (list['runs'] = [] as never)));
    expect(read).toMatchObject({ runs: [], results: [], leftOut: work.results.length });
    expect(read.own).toEqual(work.own);
  });

  it('is refused where a result was changed, is missing, or lies under the key of another', () => {
    const [first, second] = work.results.map(({ run }) => run.key) as [string, string];
    const rows = `results/${first}/run.json`;
    const changed = new Map(files).set(
      rows,
      files.get(rows)!.map((byte, i) => (i === 40 ? byte ^ 1 : byte)),
    );
    expect(() => readWork(changed)).toThrow(`${rows}`);
    const missing = new Map(files);
    missing.delete(rows);
    expect(() => readWork(missing)).toThrow(rows);
    const swapped = withWork((list) => void (list['results']![first] = list['results']![second]));
    swapped.forEach((_, name) => {
      if (name.startsWith(`results/${second}/`))
        (swapped as Map<string, Uint8Array>).set(name.replace(second, first), files.get(name)!);
    });
    expect(() => readWork(swapped)).toThrow(/results\/.*run\.json/);
  });

  it('is refused where it is of a later version, or a field is not what it should be', () => {
    expect(() => readWork(withWork((list) => void (list['version'] = 2 as never)))).toThrow('2');
    expect(() => readWork(withWork((list) => void (list['own'] = [{ kind: 1 }] as never)))).toThrow(
      /work\.json: own\.0\.kind/,
    );
    expect(() => readWork(withWork((list) => void (list['more'] = {})))).toThrow(/work\.json/);
  });
});
