import { afterAll, beforeAll, expect, it, describe } from 'vitest';
import type { Engine } from '../../../src/engine/types';
import type { Settings } from '../../../src/pipeline/lab/config';
import type { Evaluation, LanguageModelArtifact, StageContext } from '../../../src/pipeline/contract/stage';
import type { StageName } from '../../../src/pipeline/stages';
import { nanoContext, openEngine, runToEnd, trainTrunk, type StageRun, type Trunk } from '../support';
import { tiltedWeights, rungNames } from '../../../src/pipeline/stages/tilt';

let engine: Engine;
let context: StageContext;
let trunk: Trunk;
const parents = () => ({ ...trunk, teacher: trunk.sft, judge: trunk.reward });
const run = (stage: StageName, changes: Settings = {}, within = context) =>
  runToEnd<LanguageModelArtifact>(within, stage, changes, parents());
const evaluations = (r: StageRun): Evaluation[] => r.evaluations.map((e) => e.evaluation);

beforeAll(async () => {
  engine = await openEngine();
  context = nanoContext(engine);
  trunk = await trainTrunk(context);
}, 120_000);
afterAll(() => engine.dispose());

it('the frontier: lower β, more reward, more KL, fewer effective samples; above best-of-n at equal KL', async () => {
  const tilted = evaluations(await run('tilt', { samples: 64, lowestBeta: 0.1, rungs: 6 }));
  for (const name of ['gold', 'kl'] as const)
    expect(tilted.map((e) => e[name])).toEqual(tilted.map((e) => e[name]!).sort((a, b) => a - b));
  const sizes = tilted.map((e) => e.effectiveSamples!);
  expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
  expect(tilted.at(-1)!.kl).toBeLessThan(Math.log(64));
  const best = evaluations(await run('best-of-n', { largest: 4, samples: 64 })).at(-1)!;
  const beyond = tilted.find((e) => e.kl >= best.kl)!;
  expect(beyond.gold).toBeGreaterThan(best.gold);
});

const sum = (xs: ArrayLike<number>) => Array.from(xs).reduce((a, b) => a + b, 0);

describe('tilting', () => {
  it('is the exact optimum when every answer was drawn as often as it is likely', () => {
    const [rewards, beta] = [[0, 1, 1, -2], 0.7];
    const z = sum(rewards.map((r) => Math.exp(r / beta))) / 4;
    const { weights, kl, effectiveSamples } = tiltedWeights(rewards, beta);
    rewards.forEach((r, i) => expect(weights[i]).toBeCloseTo(Math.exp(r / beta) / (4 * z), 12));
    const expected = sum(rewards.map((r, i) => weights[i]! * (r / beta))) - Math.log(z);
    expect(kl).toBeCloseTo(expected, 12);
    expect(effectiveSamples).toBeCloseTo(1 / sum(weights.map((w) => w * w)), 12);
  });

  it('of equal rewards changes nothing; at β → 0 one answer carries everything', () => {
    const same = tiltedWeights([3, 3, 3, 3, 3], 0.01);
    expect(same.kl).toBeCloseTo(0, 12);
    expect(same.effectiveSamples).toBeCloseTo(5, 9);
    const sharp = tiltedWeights([0, 1, 2], 1e-3);
    expect(Array.from(sharp.weights)).toEqual([0, 0, 1]);
    expect(sharp.kl).toBeCloseTo(Math.log(3), 12);
  });
});

describe('rungs of a tilt', () => {
  it('have different names however close they are', () => {
    const close = [3, 2.9875, 2.975, 2.9625, 2.95];
    expect(new Set(rungNames(close)).size).toBe(5);
    expect(new Set(rungNames([100, 99.999999, 99.999998])).size).toBe(3);
  });

  it('keep their usual names where two digits tell them apart', () => {
    const usual = Array.from({ length: 9 }, (_, i) => 3 * (0.1 / 3) ** (i / 8));
    expect(rungNames(usual)).toEqual([3, 2, 1.3, 0.84, 0.55, 0.36, 0.23, 0.15, 0.1]);
  });

  it('share a name where they are one', () => expect(rungNames([2, 2, 2])).toEqual([2, 2, 2]));
});
