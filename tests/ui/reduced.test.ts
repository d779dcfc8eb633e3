import { expect, it } from 'vitest';
import { claimIds } from '../../src/pipeline/claims';
import { buildGraph } from '../../src/pipeline/graph';
import { DEMOS } from '../../src/ui/gallery/demos';
import { configFrom } from '../../src/ui/store/url';
import { reducedLink } from '../e2e/reduced';

it.each(DEMOS.map((demo) => [demo.name, demo] as const))(
  'the reduced link of the page test to %s is valid and keeps what claims are about',
  (_, demo) => {
    const { problems, config } = configFrom(reducedLink(demo));
    expect(problems).toEqual([]);
    expect(config.arms.map((arm) => arm.id)).toEqual(demo.config.arms.map((arm) => arm.id));
    const ids = buildGraph(config).map((node) => node.id);
    expect(demo.claims.flatMap(claimIds).filter((id) => !ids.includes(id))).toEqual([]);
  },
);
