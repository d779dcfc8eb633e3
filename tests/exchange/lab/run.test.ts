import { expect, it } from 'vitest';
import { labOfRun, runOfLab } from '../../../src/exchange/lab/run';
import { readRun, runFiles } from '../../../src/exchange/run';
import type { LanguageModelArtifact } from '../../../src/pipeline/contract/artifacts';
import { sampleLab } from './sample';

it('a lab goes out as models and tables and comes back with its weights and figures', async () => {
  const run = runOfLab(sampleLab());
  expect(run.figures['ppo']).toMatchObject({ gold: 0.1 + 0.2, 'winRate/dpo': 0.75 });
  const back = labOfRun(await readRun(runFiles(run)));
  expect(runOfLab(back).figures).toEqual(run.figures);
  const weights = (of: typeof back) =>
    of.runs.flatMap(({ run: { result } }) =>
      result && 'weights' in result.artifact ? [result.artifact.weights] : [],
    );
  expect(weights(back)).toEqual(weights(sampleLab()));
});

it('a model that was trained on elsewhere does not come back as the result of the settings', async () => {
  const run = runOfLab(sampleLab());
  const sft = run.artifacts.get('sft') as LanguageModelArtifact;
  const other = new Map(run.artifacts).set('sft', {
    ...sft,
    weights: sft.weights.map((x, i) => (i === 7 ? x + 1 : x)),
  });
  const files = new Map(runFiles({ ...run, artifacts: other })).set(
    'alignlet.json',
    runFiles(run).get('alignlet.json')!,
  );
  const read = await readRun(files);
  expect(read.changed).toEqual(['sft']);
  expect(labOfRun(read).runs.map(({ id }) => id)).not.toContain('sft');
});
