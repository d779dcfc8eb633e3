import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/types';
import type { SamplesArtifact, StageContext } from '../../../src/pipeline/contract/stage';
import { nanoContext, openEngine, runToEnd, untrainedTrunk } from '../support';

let engine: Engine;
let context: StageContext;
const trunk = untrainedTrunk();
beforeAll(async () => {
  engine = await openEngine();
  context = nanoContext(engine, { evaluation: { times: 1, prompts: 8, finalPrompts: 16 } });
});
afterAll(() => engine.dispose());

const samples = (count: number) =>
  runToEnd<SamplesArtifact>(context, 'samples', { prompts: 8, count }, { sft: trunk.sft });

it('holds so many answers to each prompt, end to end, and gives back what it has opened', async () => {
  const before = engine.memory();
  const { rows, result } = await samples(12);
  const { tokens, offsets, gold, logProbs, perPrompt } = result.artifact;
  expect([perPrompt, gold.length, logProbs.length, offsets.length]).toEqual([12, 96, 96, 97]);
  expect([offsets[0], offsets[96]]).toEqual([0, tokens.length]);
  expect(rows.at(-1)).toMatchObject({ update: 8, updates: 8, samples: 96, tokens: tokens.length });
  expect(Math.max(...logProbs)).toBeLessThan(0);
  expect(engine.memory().tensors).toBe(before.tensors);
});

it.each(['tilt', 'best-of-n'] as const)('%s measures with it what it measures alone', async (stage) => {
  const settings = stage === 'tilt' ? { samples: 16 } : { samples: 16, largest: 8 };
  const parents = { sft: trunk.sft, reward: trunk.reward };
  const alone = await runToEnd(context, stage, settings, parents);
  const { artifact } = (await samples(20)).result; // more than it looks at
  const scores = (await runToEnd(context, 'scores', {}, { reward: trunk.reward, samples: artifact })).result;
  const given = { ...parents, samples: artifact, scores: scores.artifact as never };
  const together = await runToEnd(context, stage, settings, given);
  expect(together.events).toEqual(alone.events);
  expect(together.result).toEqual(alone.result);
});
