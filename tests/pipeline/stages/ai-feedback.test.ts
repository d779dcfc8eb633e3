import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/types';
import { modelOf, type PreferencesArtifact, type StageContext } from '../../../src/pipeline/contract/stage';
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

describe('distillation and AI feedback', () => {
  it('pairs are labelled by the judge’s score', async () => {
    const made = await runToEnd<PreferencesArtifact>(context, 'ai-feedback', { pairs: 64 }, parents());
    const { pairs, heldOut } = made.result.artifact;
    const model = modelOf(context, trunk.reward);
    for (const set of [pairs, heldOut]) {
      const scores = async (side: 'chosen' | 'rejected') =>
        (
          await model.evaluate(
            set.map((p) => ({ ids: [...p.prompt, ...p[side]], start: p.prompt.length })),
            { scores: true },
          )
        ).scores!;
      const [chosen, rejected] = [await scores('chosen'), await scores('rejected')];
      chosen.forEach((score, i) => expect(score).toBeGreaterThanOrEqual(rejected[i]! - 1e-5));
    }
    expect(made.result.summary['agreement']).toBeGreaterThan(0.6);
    model.dispose();
  });
});
