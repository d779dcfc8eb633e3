import { expect, it } from 'vitest';
import { curvesCsv, curvesJson } from '../../../src/exchange/figures/curves';
import { sampleLab } from '../lab/sample';
import { csvRows } from './csv-rows';

const { config, runs } = sampleLab();
const curves = runs.map(({ id, run }) => ({
  id,
  name: id.toUpperCase(),
  stage: id,
  made: run.made!,
  events: run.events,
}));
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

it('curves are one row for every stage, update and metric, with seed and configuration', () => {
  const rows = csvRows(text(curvesCsv(config, 'https://host/?v=1&size=nano', curves)));
  const of = (id: string, metric: string) =>
    rows.filter((row) => row['id'] === id && row['metric'] === metric);
  expect(of('sft', 'loss').map(({ update, value }) => [update, value])).toEqual([
    ['1', 'NaN'],
    ['2', '0.1'],
  ]);
  expect(of('ppo', 'gold')).toEqual([
    expect.objectContaining({
      kind: 'evaluation',
      seed: '3',
      name: 'PPO',
      value: '0.30000000000000004',
      link: 'https://host/?v=1&size=nano',
    }),
  ]);
});

it('and as JSON with every setting, NaN and infinities as texts', () => {
  const json = JSON.parse(text(curvesJson(config, 'x', curves))) as {
    seed: number;
    config: unknown;
    stages: { id: string; settings: unknown; rows: { metric: string; value: unknown }[] }[];
  };
  expect(json).toMatchObject({ seed: 3, config });
  const ppo = json.stages.find(({ id }) => id === 'ppo')!;
  expect(ppo.settings).toEqual(runs.find(({ id }) => id === 'ppo')!.run.made!.settings);
  expect(ppo.rows.find(({ metric }) => metric === 'objective/kl')!.value).toBe('Infinity');
});
