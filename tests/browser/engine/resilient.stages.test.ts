import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resilientEngine } from '../../../src/engine/resilient';
import type { Engine } from '../../../src/engine/types';
import { initialWeights } from '../../../src/model/parameters';
import type { Parents } from '../../../src/pipeline/contract/stage';
import { resolvedSettings, type Settings } from '../../../src/pipeline/lab/config';
import { isTimed, RunControl, runStage, type Job, type TimedEvent } from '../../../src/pipeline/lab/runner';
import { STAGES, type StageName } from '../../../src/pipeline/stages';
import { rngFrom } from '../../../src/random/rng';
import { VOCABULARY } from '../../../src/world';
import { CALLS, Devices, webgl, webgpu } from '../../support/lost-devices';
import { amount, moments, note } from '../../support/noted';

/** Devices that are lost, on each backend; 50 in `npm run trial`. */
const LOSSES = amount('losses', 1);
const SEED = amount('seed', 1);

/** A software GPU compiles its shaders anew for every device. */
const SLOW = 400_000;

const few = { steps: 4, batchSize: 2 };

/** Every stage that trains, as short as it may be. */
const SHORT: Partial<Record<StageName, Settings>> = {
  ppo: { iterations: 2, rolloutBatch: 4 },
  dpo: few,
  sft: few,
  reward: few,
  pretrain: { ...few, corpusTokens: 10_000 },
  grpo: { iterations: 2, prompts: 2, groupSize: 2 },
  rloo: { iterations: 2, prompts: 2 },
  reinforce: { iterations: 2 },
  kto: { steps: 4, batchSize: 4 },
  orpo: few,
  simpo: few,
  'online-dpo': { rounds: 2, pairs: 8, steps: 2, batchSize: 2 },
  'preferred-ft': few,
  unlikelihood: few,
  distil: { answers: 32, ...few },
  instruct: few,
};

const CONFIG = { vocabSize: VOCABULARY.length, nPositions: 64, nEmbd: 8, nLayer: 1, nHead: 2 };

function parents(): Parents {
  const [model, scorer] = [1, 2].map((seed) => initialWeights(CONFIG, rngFrom(seed))) as [
    Float32Array,
    Float32Array,
  ];
  const rng = rngFrom(3); // else it scores all alike
  const policy = { kind: 'model', config: CONFIG, weights: model } as const;
  const weights = scorer.map((w) => w + 0.1 * rng.normal());
  const reward = { kind: 'reward', config: CONFIG, weights, mean: 0, deviation: 1 } as const;
  const pair = { prompt: [1, 5, 6], chosen: [7, 8, 2], rejected: [9, 2], goldChosen: 1, goldRejected: 0 };
  const pairs = [pair, { ...pair, prompt: [1, 7], chosen: [6, 2] }];
  const preferences = { kind: 'preferences', pairs, heldOut: pairs } as const;
  return { base: policy, sft: policy, teacher: policy, reward, judge: reward, preferences } as Parents;
}

const jobOf = (stage: StageName): Job => ({
  stage,
  settings: resolvedSettings({ task: 'review', size: 'nano' }, stage, SHORT[stage] ?? {}),
  task: 'review',
  size: 'nano',
  seed: 3,
  evaluation: { times: 1, prompts: 8, finalPrompts: 8 },
  parents: parents(),
});

/** All that comes of a stage, without the times. */
async function run(engine: Engine, stage: StageName) {
  const rows: TimedEvent[] = [];
  const outcome = await runStage(engine, jobOf(stage), new RunControl(), (event) => {
    if (isTimed(event)) rows.push({ ...event, seconds: 0 });
  });
  return { rows, outcome: { ...outcome, seconds: 0 } };
}

it('every stage that trains is there', () => {
  const trained = Object.entries(STAGES).flatMap(([name, { learnsFrom }]) => (learnsFrom ? name : []));
  expect(Object.keys(SHORT).sort()).toEqual(trained.sort());
});

describe.each([
  ['WebGL', webgl],
  ['WebGPU', webgpu],
])('a device of %s that is lost', (_, open) => {
  const devices = new Devices(open, CALLS);
  const random = moments(SEED);
  let resilient: Engine;
  beforeAll(async () => {
    resilient = resilientEngine(await devices.open(), devices.open);
  }, SLOW);
  afterAll(() => resilient?.dispose());

  it(
    `in ${LOSSES} calls of any stage changes nothing`,
    { timeout: SLOW * (1 + LOSSES) },
    async ({ task }) => {
      const stages = (Object.keys(SHORT) as StageName[]).slice(0, LOSSES);
      for (const [i, stage] of stages.entries()) {
        const before = devices.calls;
        const undisturbed = await run(resilient, stage);
        expect(undisturbed.outcome, stage).toMatchObject({ status: 'done' });
        const calls = devices.calls - before;
        for (let loss = i; loss < LOSSES; loss += stages.length) {
          const at = 1 + Math.floor(random() * calls);
          devices.loseDuring(at);
          expect(await run(resilient, stage), `${stage}, call ${at} of ${calls}`).toEqual(undisturbed);
        }
        note(task, { 'devices lost': devices.losses, stages: i + 1, seed: SEED });
      }
      expect(devices.losses).toBe(LOSSES);
      expect(devices.opened).toBe(1 + LOSSES);
    },
  );
});
