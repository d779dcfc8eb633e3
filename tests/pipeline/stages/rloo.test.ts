import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/types';
import type { Settings } from '../../../src/pipeline/lab/config';
import type { LanguageModelArtifact, MetricsEvent, StageContext } from '../../../src/pipeline/contract/stage';
import { mean } from '../../../src/pipeline/maths/statistics';
import { nanoContext, openEngine, runToEnd, trainTrunk, type Trunk } from '../support';

let engine: Engine;
let context: StageContext;
let trunk: Trunk;

beforeAll(async () => {
  engine = await openEngine();
  context = nanoContext(engine);
  trunk = await trainTrunk(context);
}, 120_000);
afterAll(() => engine.dispose());

const metric = (rows: readonly MetricsEvent[], name: string) => rows.flatMap((r) => r.metrics[name] ?? []);
const ends = (values: number[]) => [mean(values.slice(0, 5)), mean(values.slice(-5))] as const;
const run = (changes: Settings = {}) =>
  runToEnd<LanguageModelArtifact>(context, 'rloo', { iterations: 3, prompts: 4, size: 4, ...changes }, trunk);

describe('RLOO', () => {
  it('raises the reward it is given; what is maximised is the score minus the price of the KL', async () => {
    const { rows, result } = await run({ iterations: 40, prompts: 8, learningRate: 2e-3 });
    const [early, late] = ends(metric(rows, 'objective/scores'));
    expect(late).toBeGreaterThan(early + 0.3);
    expect(result.summary['gold']).toBeGreaterThan(trunk.runs.sft.result.summary['gold']!);
    for (const { metrics: m } of rows) {
      expect(m['objective/non_score_reward']).toBeCloseTo(-0.05 * m['objective/kl']!, 9);
      expect(m['objective/rlhf_reward']).toBeCloseTo(m['objective/scores']! + m['objective/non_score_reward']!, 9); // prettier-ignore
    }
  });

  it('starts at KL 0 and counts what it draws', async () => {
    const { rows } = await run();
    expect(rows[0]!.metrics['objective/kl']).toBe(0);
    expect(rows.map((r) => r.samples)).toEqual([16, 32, 48]);
  });

  it('the same seed gives the same run', async () => {
    expect((await run()).events).toEqual((await run()).events);
  });
});
