import { describe, expect, it } from 'vitest';
import { bytesOfJson, type Files } from '../../../src/exchange/files';
import { digest } from '../../../src/exchange/digest';
import { finishedRuns, labFile, readLab, readLabFile } from '../../../src/exchange/lab/file';
import { unzipped, zipped } from '../../../src/exchange/zip';
import { Lab, type NodeRun } from '../../../src/pipeline/lab/lab';
import { buildGraph } from '../../../src/pipeline/lab/graph';
import { MOST_IN_ALL } from '../../../src/exchange/files';
import { SAMPLE_CONFIG, sampleLab } from './sample';

const contents = sampleLab();
const files = unzipped(labFile(contents), 'x.alignlet');

const json = (name: string): Record<string, unknown> =>
  JSON.parse(new TextDecoder().decode(files.get(name))) as Record<string, unknown>;

/** The files with one of them changed, and its sum with it. */
function withRun(id: string, change: (run: Record<string, unknown>) => void): Files {
  const run = json(`stages/${id}/run.json`);
  change(run);
  const bytes = bytesOfJson(run);
  const lab = json('lab.json') as { stages: Record<string, { run: string }> };
  lab.stages[id]!.run = digest(bytes);
  return new Map(files).set(`stages/${id}/run.json`, bytes).set('lab.json', bytesOfJson(lab));
}

function withLab(change: (lab: Record<string, unknown>) => void): Files {
  const lab = json('lab.json');
  change(lab);
  return new Map(files).set('lab.json', bytesOfJson(lab));
}

const withArtifactOf = (id: string, other: string): Files => {
  const bytes = files.get(`stages/${other}/artifact.safetensors`)!;
  const lab = json('lab.json') as { stages: Record<string, { artifact: string }> };
  lab.stages[id]!.artifact = digest(bytes);
  return new Map(files).set(`stages/${id}/artifact.safetensors`, bytes).set('lab.json', bytesOfJson(lab));
};

describe('the file of a lab', () => {
  it('comes back to the last bit: settings, curves, NaN and −0 included, weights, answers, keys', () => {
    expect(readLabFile(labFile(contents), 'x.alignlet')).toEqual(contents);
  });

  it('of version 1, which had no records of answers, is read', () => {
    const before = withLab((lab) => (lab['version'] = 1));
    const old = withRun('ppo', (run) => {
      for (const event of run['events'] as Record<string, unknown>[]) delete event['records'];
    });
    const lab = readLab(new Map(before).set('stages/ppo/run.json', files.get('stages/ppo/run.json')!));
    expect(lab).toEqual(contents);
    const ppo = readLab(old).runs.find(({ id }) => id === 'ppo')!.run;
    expect(ppo.events.every((event) => !('records' in event))).toBe(true);
  });

  it('is restored by a lab that then has nothing left to train', async () => {
    const executor = { slots: 1, execute: () => Promise.reject(new Error('nothing is to be trained')) };
    const lab = new Lab(SAMPLE_CONFIG, executor, { get: () => Promise.resolve(undefined) });
    lab.takeIn(readLab(files).runs);
    expect(lab.nodes().map(({ status }) => status)).toEqual(buildGraph(SAMPLE_CONFIG).map(() => 'done'));
    await lab.run();
    expect(finishedRuns(lab.nodes())).toEqual(contents.runs);
  });

  it('holds a run that failed with its last good weights, and one of earlier settings', () => {
    const [ppo, dpo] = ['ppo', 'dpo'].map((name) => contents.runs.find(({ id }) => id === name)!.run) as [
      NodeRun,
      NodeRun,
    ];
    const { result, ...rest } = ppo;
    const failed: NodeRun = {
      ...rest,
      failure: { message: { code: 'stage.notFinite', values: { what: 'loss', learningRate: 1 } }, update: 2 },
      lastGood: result!.artifact as NonNullable<NodeRun['lastGood']>,
    };
    const made = { ...dpo.made!, settings: { ...dpo.made!.settings, beta: 0.7 } };
    const runs = [
      { id: 'ppo', run: failed },
      { id: 'dpo', run: { ...dpo, key: 'f'.repeat(32), made } },
    ];
    expect(readLabFile(labFile({ ...contents, runs }), 'x.alignlet').runs).toEqual(runs);
  });

  it.each<[string, () => Files, RegExp]>([
    ['of a later version', () => withLab((lab) => (lab['version'] = 3)), /of version 3; .* up to version 2/],
    ['of another format', () => withLab((lab) => (lab['format'] = 'zip')), /^lab\.json: format/],
    ['without its description', () => new Map(), /^lab\.json is missing/],
    [
      'with a setting out of range',
      () => withLab((lab) => ((lab['config'] as { seed: number }).seed = -1)),
      /config\.seed.*-1/,
    ],
    [
      'with a stage that its settings do not have',
      () => withLab((lab) => ((lab['stages'] as Record<string, unknown>)['kto'] = { run: '0'.repeat(64) })),
      /stages\.kto/,
    ],
    [
      'that was changed',
      () => new Map(files).set('stages/ppo/run.json', new Uint8Array([1])),
      /^stages\/ppo\/run\.json is damaged/,
    ],
    [
      'without weights',
      () => new Map([...files].filter(([name]) => name !== 'stages/sft/artifact.safetensors')),
      /^stages\/sft\/artifact\.safetensors is missing/,
    ],
    [
      'with an answer whose tokens and numbers do not go together',
      () =>
        withRun('ppo', (run) => {
          const [record] = (run['events'] as { records?: { values: number[] }[] }[]).at(-1)!.records!;
          record!.values.pop();
        }),
      /ppo\/run\.json: events\.\d\.records\.0\.values/,
    ],
    [
      'with a figure that is text',
      () => withRun('ppo', (run) => ((run['summary'] as Record<string, unknown>)['gold'] = 'high')),
      /^stages\/ppo\/run\.json: summary\.gold/,
    ],
    [
      'with an evaluation that lacks a figure',
      () =>
        withRun('ppo', (run) => {
          const [first] = run['events'] as { evaluation: Record<string, unknown> }[];
          delete first!.evaluation['kl'];
        }),
      /^stages\/ppo\/run\.json: events\.0\.evaluation\.kl/,
    ],
    [
      'with rows out of order',
      () => withRun('ppo', (run) => (run['events'] as unknown[]).reverse()),
      /^stages\/ppo\/run\.json: events\.1/,
    ],
    [
      'with other settings under the same key',
      () =>
        withRun(
          'dpo',
          (run) => ((run['made'] as { settings: Record<string, unknown> }).settings['beta'] = 9),
        ),
      /made\.settings\.beta is 9/,
    ],
    [
      'with a failure and a summary',
      () => withRun('ppo', (run) => (run['failure'] = { message: { code: 'pairs.none', values: {} } })),
      /either a summary or a failure/,
    ],
    [
      'with answers of unlike numbers',
      () => withRun('ppo', (run) => (run['answers'] as { gold: number[] }).gold.pop()),
      /answers\.length is 2/,
    ],
    [
      'with a reward model for a policy',
      () => withArtifactOf('ppo', 'reward'),
      /artifact\.safetensors: kind is reward; .* model/,
    ],
    ['with pairs for a model', () => withArtifactOf('sft', 'preferences'), /kind is preferences/],
  ])('%s is refused with a sentence that names the place', (_, changed, expected) => {
    expect(() => readLab(changed())).toThrow(expected);
  });

  it('that unpacks to more than is read is refused', () => {
    const bytes = zipped(new Map([['lab.json', new Uint8Array(1000)]]));
    const view = new DataView(bytes.buffer);
    view.setUint32(view.getUint32(bytes.length - 6, true) + 24, MOST_IN_ALL.bytes + 1, true);
    expect(() => readLabFile(bytes, 'x.alignlet')).toThrow(/more than 536870912 bytes/);
  });
});
