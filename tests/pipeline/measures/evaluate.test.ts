import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/types';
import { createEvaluator, drawEvaluationPrompts, winRate } from '../../../src/pipeline/measures/evaluate';
import type { Settings } from '../../../src/pipeline/lab/config';
import { modelOf, type LanguageModelArtifact, type StageContext } from '../../../src/pipeline/contract/stage';
import { nanoContext, openEngine, runToEnd, trainTrunk, type Trunk } from '../support';
import { wilsonInterval } from '../../../src/pipeline/maths/statistics';

let engine: Engine;
let context: StageContext;
let trunk: Trunk;

beforeAll(async () => {
  engine = await openEngine();
  context = nanoContext(engine);
  trunk = await trainTrunk(context);
}, 120_000);
afterAll(() => engine.dispose());
const ppoQuick: Settings = { iterations: 4, rolloutBatch: 16 };
const dpoQuick: Settings = { steps: 8, batchSize: 16 };
const runPpo = (changes: Settings = {}, within = context) =>
  runToEnd<LanguageModelArtifact>(within, 'ppo', { ...ppoQuick, ...changes }, trunk);
const runDpo = (changes: Settings = {}, within = context) =>
  runToEnd<LanguageModelArtifact>(within, 'dpo', { ...dpoQuick, ...changes }, trunk);

describe('measuring', () => {
  it('SFT against itself: every comparison a tie, exactly one half, KL exactly 0', async () => {
    const evaluator = await createEvaluator(context, trunk.sft, trunk.reward);
    const same = modelOf(context, trunk.sft);
    const { evaluation: result } = await evaluator.evaluate(same, 64);
    expect(result).toMatchObject({ winRate: 0.5, kl: 0, prompts: 64 });
    expect(Math.abs(result.proxy!)).toBeLessThan(0.5);
    same.dispose();
    evaluator.dispose();
    for (const run of [await runPpo({ iterations: 1 }), await runDpo({ steps: 1 })]) {
      const atStart = run.evaluations[0]!;
      expect(atStart).toMatchObject({ update: 0, evaluation: { winRate: 0.5, kl: 0 } });
      expect(atStart.weights).toEqual(trunk.sft.weights);
    }
  });

  it('both arms are measured on the same prompts with the same noise', async () => {
    const [a, b] = [await runPpo({ learningRate: 0 }), await runDpo({ learningRate: 0 })];
    expect(a.evaluations.at(-1)!.evaluation).toEqual(b.evaluations.at(-1)!.evaluation);
    expect(a.result.answers).toEqual(b.result.answers);
    expect(a.result.summary['winRate']).toBe(0.5);
  });

  it('a longer list of prompts starts with the shorter one', () => {
    const [short, long] = [drawEvaluationPrompts(context, 5), drawEvaluationPrompts(context, 50)];
    expect(long.ids.slice(0, 5)).toEqual(short.ids);
  });

  it('at the start, at even intervals and at the end', async () => {
    const often = nanoContext(engine, { evaluation: { times: 3, prompts: 8, finalPrompts: 24 } });
    const { evaluations, result } = await runPpo({ iterations: 9 }, often);
    expect(evaluations.map((e) => [e.update, e.evaluation.prompts])).toEqual([[0, 8], [3, 8], [6, 8], [9, 24]]); // prettier-ignore
    expect(result.summary).toMatchObject(evaluations.at(-1)!.evaluation);
    expect(evaluations.at(-1)!.weights).toEqual(result.artifact.weights);
  });
});

describe('the win rate', () => {
  it('counts ties half', () => {
    expect(winRate([1, 0, 2, 5], [0, 1, 2, 5]).winRate).toBe(0.5);
    expect(winRate([1, 1], [0, 1]).winRate).toBe(0.75);
    expect(winRate([0, 0], [0, 0])).toMatchObject({ winRate: 0.5 });
  });

  it('comes with the Wilson interval of its wins', () => {
    const { winRateLow, winRateHigh } = winRate([1, 1, 1, 0], [0, 0, 1, 1]);
    expect({ low: winRateLow, high: winRateHigh }).toEqual(wilsonInterval(2.5, 4));
  });
});
