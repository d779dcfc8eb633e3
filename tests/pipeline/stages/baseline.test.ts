import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Engine } from '../../../src/engine/types';
import type { BaselineArtifact, StageContext } from '../../../src/pipeline/contract/stage';
import type { Settings } from '../../../src/pipeline/lab/config';
import type { StageName } from '../../../src/pipeline/stages';
import { nanoContext, openEngine, runToEnd, untrainedTrunk } from '../support';

let engine: Engine;
let context: StageContext;
const trunk = untrainedTrunk();
beforeAll(async () => {
  engine = await openEngine();
  context = nanoContext(engine);
});
afterAll(() => engine.dispose());

const arms: [StageName, Settings][] = [
  ['ppo', { iterations: 1, rolloutBatch: 8 }],
  ['dpo', { steps: 1, batchSize: 4 }],
  ['tilt', { samples: 4 }],
  ['best-of-n', { samples: 4, largest: 4 }],
];

it.each(arms)('%s measures with it what it measures alone, and draws it no more', async (stage, settings) => {
  const { sft } = trunk;
  const drawn = await runToEnd<BaselineArtifact>(context, 'baseline', { prompts: 64 }, { sft });
  expect(drawn.result.artifact.entropy.length).toBe(drawn.result.artifact.tokens.length);
  const asked: number[] = [];
  const watching: StageContext = {
    ...context,
    engine: {
      ...engine,
      createModel: (config, weights) => {
        const model = engine.createModel(config, weights);
        const generate = model.generate.bind(model);
        vi.spyOn(model, 'generate').mockImplementation((prompts, options) => {
          asked.push(prompts.length);
          return generate(prompts, options);
        });
        return model;
      },
    },
  };
  const alone = await runToEnd(watching, stage, settings, trunk);
  const [first, ...others] = asked.splice(0);
  const together = await runToEnd(watching, stage, settings, { ...trunk, baseline: drawn.result.artifact });
  expect(together.events).toEqual(alone.events);
  expect(together.result).toEqual(alone.result);
  expect(first).toBe(stage === 'ppo' || stage === 'dpo' ? 64 : 16);
  expect(asked).toEqual(others);
});
