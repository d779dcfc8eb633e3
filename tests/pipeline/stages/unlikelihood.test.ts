import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/types';
import type { Settings } from '../../../src/pipeline/lab/config';
import type { LanguageModelArtifact, StageContext } from '../../../src/pipeline/contract/stage';
import type { StageName } from '../../../src/pipeline/stages';
import { nanoContext, openEngine, runToEnd, trainTrunk, type Trunk } from '../support';

let engine: Engine;
let context: StageContext;
let trunk: Trunk;
const parents = () => ({ ...trunk, teacher: trunk.sft, judge: trunk.reward });
const run = (stage: StageName, changes: Settings = {}, within = context) =>
  runToEnd<LanguageModelArtifact>(within, stage, changes, parents());

beforeAll(async () => {
  engine = await openEngine();
  context = nanoContext(engine);
  trunk = await trainTrunk(context);
}, 120_000);
afterAll(() => engine.dispose());

describe('baselines on preference pairs', () => {
  it('unlikelihood makes rejected answers less likely than imitation alone leaves them', async () => {
    const rejected = async (coefficient: number) => {
      const { rows } = await run('unlikelihood', { steps: 30, coefficient, learningRate: 1e-3 });
      return rows.at(-1)!.metrics['logps/rejected']!; // the same pairs in the same order
    };
    expect(await rejected(2)).toBeLessThan((await rejected(0)) - 2);
  });
});
