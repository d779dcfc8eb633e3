import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/types';
import type { Settings } from '../../../src/pipeline/lab/config';
import type { PreferencesArtifact, StageContext } from '../../../src/pipeline/contract/stage';
import type { StageName } from '../../../src/pipeline/stages';
import { withFreshHead } from '../../../src/model/parameters';
import { agreement } from '../../../src/pipeline/measures/pair-accuracy';
import { nanoContext, openEngine, runToEnd, trainTrunk, type Trunk } from '../support';

let engine: Engine;
let context: StageContext;
let trunk: Trunk;
const parents = () => ({ ...trunk, teacher: trunk.sft, judge: trunk.reward });

beforeAll(async () => {
  engine = await openEngine();
  context = nanoContext(engine);
  trunk = await trainTrunk(context);
}, 120_000);
afterAll(() => engine.dispose());

describe('a judge that cannot tell answers apart', () => {
  /** What a reward model trained at learning rate 0 is. */
  const blind = () => ({
    ...trunk.reward,
    weights: withFreshHead(trunk.sft.config, trunk.sft.weights),
    mean: 0,
    deviation: 1,
  });
  /** Four standard deviations of a fair coin. */
  const byChance = (pairs: number) => 4 * Math.sqrt(0.25 / pairs);
  const judged = (stage: StageName, changes: Settings) =>
    runToEnd<PreferencesArtifact>(context, stage, changes, { ...parents(), reward: blind(), judge: blind() });

  it('labels for online DPO agree with gold by chance', async () => {
    const s = { rounds: 1, steps: 1, pairs: 2000, labels: 'reward-model' };
    const { rows } = await judged('online-dpo', s);
    expect(Math.abs(rows[0]!.metrics['labels/agreement']! - 0.5)).toBeLessThan(byChance(2000));
  });

  it('AI feedback, too, in training and held out', async () => {
    const { result } = await judged('ai-feedback', { pairs: 4000, heldOutPairs: 4000 });
    expect(Math.abs(result.summary['agreement']! - 0.5)).toBeLessThan(byChance(4000));
    const { heldOut } = result.artifact;
    expect(heldOut.length).toBeGreaterThan(3000);
    expect(Math.abs(agreement(heldOut)! - 0.5)).toBeLessThan(byChance(heldOut.length));
  });
});
