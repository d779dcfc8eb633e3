import { expect, it } from 'vitest';
import manifest from '../../src/checkpoints/data/manifest.json';
import { claimIds } from '../../src/pipeline/records/claims';
import { buildGraph } from '../../src/pipeline/lab/graph';
import { DEMOS } from '../../src/ui/lessons/demos';
import { configFrom } from '../../src/ui/store/url';
import { covering, reducedLink } from './reduced';

const SHIPPED = new Set(manifest.map((entry) => entry.key));

it.each(DEMOS.map((demo) => [demo.name, demo] as const))(
  'the reduced link of the page test to %s is valid and keeps what claims are about',
  (_, demo) => {
    const { problems, config } = configFrom(reducedLink(demo));
    expect(problems).toEqual([]);
    expect(config.arms.map((arm) => arm.id)).toEqual(demo.config.arms.map((arm) => arm.id));
    // no stage that trains here does much
    for (const { id, settings } of buildGraph(config).filter((node) => !SHIPPED.has(node.key)))
      for (const name of ['steps', 'iterations'] as const)
        expect(Number(settings[name] ?? 0), `${id}.${name}`).toBeLessThanOrEqual(6);
    const ids = buildGraph(config).map((node) => node.id);
    expect(demo.claims.flatMap(claimIds).filter((id) => !ids.includes(id))).toEqual([]);
  },
);

it('demos that cover all need together what all of them need', () => {
  const stages = (demos: readonly (typeof DEMOS)[number][]) =>
    new Set(demos.flatMap((demo) => buildGraph(demo.config).map((node) => node.stage)));
  const few = covering(DEMOS);
  expect(few.length).toBeLessThan(DEMOS.length / 2);
  expect(stages(few)).toEqual(stages(DEMOS));
});
