import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/types';
import { compact, type Checkpoint } from '../../../src/pipeline/lab/checkpoint';
import { resolvedSettings, type Settings } from '../../../src/pipeline/lab/config';
import {
  isTimed,
  RunControl,
  runStage,
  type Job,
  type StageOutcome,
  type TimedEvent,
} from '../../../src/pipeline/lab/runner';
import { ownKey, type OwnData } from '../../../src/pipeline/contract/own';
import type { Artifact, Parents } from '../../../src/pipeline/contract/stage';
import { STAGES, type StageName } from '../../../src/pipeline/stages';
import { nanoContext, openEngine, runToEnd, trainTrunk } from '../support';

const RULE: OwnData = { kind: 'reward', source: '(words) => words.length' };
const OWN: OwnData = {
  kind: 'pairs',
  rows: [{ prompt: ['review:', 'the'], chosen: ['movie', '<eos>'], rejected: ['film', '<eos>'] }],
};

/** Every stage, long enough to be interrupted between rows. */
const SHORT: Record<StageName, Settings[]> = {
  pretrain: [{ steps: 6, batchSize: 4, corpusTokens: 10_000 }],
  sft: [{ steps: 6, batchSize: 4 }],
  preferences: [{ pairs: 1100, heldOutPairs: 8 }],
  reward: [{ steps: 6, batchSize: 4 }],
  distil: [{ answers: 64, steps: 6, batchSize: 4 }],
  'ai-feedback': [{ pairs: 600, heldOutPairs: 8, answers: 'pool' }],
  rule: [{ rule: ownKey(RULE) }],
  'own-labels': [{ labels: ownKey(OWN), simulated: 600, heldOutPairs: 8 }],
  ppo: [
    { iterations: 4, rolloutBatch: 8 },
    { iterations: 4, rolloutBatch: 8, valueModel: 'separate', pretrainCoef: 0.5, adaptiveKlTarget: 1 },
  ],
  dpo: [{ steps: 6, batchSize: 8 }],
  grpo: [{ iterations: 3, prompts: 4, groupSize: 4 }],
  rloo: [{ iterations: 3, prompts: 4 }],
  reinforce: [{ iterations: 3 }],
  kto: [{ steps: 6, batchSize: 8 }],
  orpo: [{ steps: 6, batchSize: 8 }],
  simpo: [{ steps: 6, batchSize: 8 }],
  'online-dpo': [{ rounds: 2, pairs: 32, steps: 2, batchSize: 8 }],
  'preferred-ft': [{ steps: 6, batchSize: 8 }],
  unlikelihood: [{ steps: 6, batchSize: 8 }],
  'best-of-n': [{ largest: 4, samples: 4 }],
  tilt: [{ samples: 16, rungs: 3 }],
  probe: [{}],
  instruct: [{ steps: 6, batchSize: 4 }],
  'few-shot': [{}],
  samples: [{ prompts: 16, count: 4 }],
  scores: [{}],
  baseline: [{ prompts: 64 }],
};

let engine: Engine;
let parents: Parents;

beforeAll(async () => {
  engine = await openEngine();
  const context = nanoContext(engine);
  const { base, sft, preferences, reward } = await trainTrunk(context);
  const samples = await runToEnd(context, 'samples', { prompts: 16, count: 4 }, { sft });
  parents = { base, sft, preferences, reward, teacher: sft, judge: reward };
  const drawn = samples.result.artifact as Extract<Artifact, { kind: 'samples' }>;
  parents = { ...parents, samples: drawn };
}, 240_000);
afterAll(() => engine.dispose());

function jobOf(stage: StageName, changes: Settings): Job {
  const { task, size, seed, evaluation } = nanoContext(engine);
  const { samples, ...usual } = parents;
  return {
    stage,
    settings: resolvedSettings({ task: task.name, size }, stage, changes),
    task: task.name,
    size,
    seed,
    evaluation: { ...evaluation, finalPrompts: 16 },
    own: { [ownKey(OWN)]: OWN, [ownKey(RULE)]: RULE },
    parents: stage === 'scores' ? { ...usual, samples } : usual,
  };
}

interface Ran {
  rows: TimedEvent[];
  /** What is known after each row, from the first row on. */
  checkpoints: Checkpoint[];
  restarts: number;
  outcome: StageOutcome;
}

async function ran(job: Job): Promise<Ran> {
  const rows: TimedEvent[] = [];
  const checkpoints: Checkpoint[] = [];
  let restarts = 0;
  let before = job.resume?.answers ?? [];
  const outcome = await runStage(engine, job, new RunControl(), (event) => {
    if (isTimed(event)) rows.push({ ...event, seconds: 0 });
    if (event.type === 'restart') restarts++;
    if (event.type !== 'checkpoint') return;
    const { type: _, answers, ...rest } = structuredClone(event);
    before = compact([...before, ...answers]);
    checkpoints.push({ ...rest, answers: structuredClone(before) });
  });
  return { rows, checkpoints, restarts, outcome: { ...outcome, seconds: 0 } };
}

const CASES = Object.entries(SHORT).flatMap(([stage, all]) =>
  all.map((changes) => [stage as StageName, changes] as const),
);

describe('a stage that goes on from a checkpoint', () => {
  it('is tested for every stage', () => {
    expect(Object.keys(SHORT).sort()).toEqual(Object.keys(STAGES).sort());
  });

  it.each(CASES)(
    '%s %o: rows and result are those of a run that was not interrupted',
    async (stage, changes) => {
      const job = jobOf(stage, changes);
      const straight = await ran(job);
      expect(straight.outcome.status).toBe('done');
      const noted = await ran({ ...job, checkpointEvery: 0 });
      expect({ ...noted, checkpoints: [] }).toEqual(straight); // taking them changes nothing
      expect(noted.checkpoints.map(({ rows }) => rows)).toEqual(straight.rows.map((_, i) => i + 1));
      const { length } = noted.checkpoints;
      // a rule computes nothing and has no rows
      for (const at of length > 0 ? new Set([0, Math.floor(length / 2), length - 1]) : []) {
        const resume = noted.checkpoints[at]!;
        const rest = await ran({ ...job, checkpointEvery: 0, resume: structuredClone(resume) });
        expect(rest.restarts, `from row ${resume.rows}`).toBe(0);
        expect(rest.rows).toEqual(straight.rows.slice(resume.rows));
        expect(rest.outcome).toEqual(straight.outcome);
        // and once more, from a checkpoint of the run that went on
        const [next] = rest.checkpoints;
        if (!next || at > 0) continue;
        expect(next).toEqual({ ...noted.checkpoints[at + 1], seconds: next.seconds });
        const again = await ran({ ...job, checkpointEvery: 0, resume: next });
        expect(again.rows).toEqual(straight.rows.slice(next.rows));
        expect(again.outcome).toEqual(straight.outcome);
      }
    },
  );
});
