import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/types';
import { HELD_OUT_CLUSTERS, TRAIN_CLUSTERS, unseenQuestions } from '../../../src/pipeline/data/questions';
import { greedyAnswers } from '../../../src/pipeline/measures/greedy';
import type { Settings } from '../../../src/pipeline/lab/config';
import type { LanguageModelArtifact, MetricsEvent, StageContext } from '../../../src/pipeline/contract/stage';
import type { StageName } from '../../../src/pipeline/stages';
import { initialWeights } from '../../../src/model/parameters';
import { mean } from '../../../src/pipeline/maths/statistics';
import { rngFrom } from '../../../src/random/rng';
import { decode, EOS, INSTRUCTION_CLUSTERS, instructionSubjects, RELATIONS } from '../../../src/world';
import { nanoContext, openEngine, recording, runToEnd, trainTrunk, type Trunk } from '../support';

let engine: Engine;
let context: StageContext;
let trunk: Trunk;
const parents = () => ({ ...trunk, teacher: trunk.sft, judge: trunk.reward });
const run = (stage: StageName, changes: Settings = {}, within = context) =>
  runToEnd<LanguageModelArtifact>(within, stage, changes, parents());
const metric = (rows: readonly MetricsEvent[], name: string) => rows.flatMap((r) => r.metrics[name] ?? []);

beforeAll(async () => {
  engine = await openEngine();
  context = nanoContext(engine);
  trunk = await trainTrunk(context);
}, 120_000);
afterAll(() => engine.dispose());

describe('instruction tuning', () => {
  it('keeps the held-out clusters, the unseen wordings and the held-out entities away from training', async () => {
    const { engine: watched, updates } = recording(engine);
    await run('instruct', { steps: 20 }, nanoContext(watched));
    const rows = updates.flat().flatMap((term) => term.batch);
    const hidden = new Map(RELATIONS.map((r) => [r, new Set(instructionSubjects(r, 'heldOut'))]));
    expect(rows.length).toBe(20 * 32);
    for (const { ids, start } of rows) {
      const prompt = decode(ids.slice(0, start));
      expect(ids.at(-1)).toBe(EOS);
      expect(prompt.at(-1)).toBe('a:');
      for (const relation of RELATIONS) {
        if (!prompt.includes(relation)) continue;
        expect(HELD_OUT_CLUSTERS as readonly string[]).not.toContain(relation);
        expect(prompt.some((word) => hidden.get(relation)!.has(word))).toBe(false);
      }
    }
  });

  it('splits the clusters into trained and held-out ones', () => {
    expect([...TRAIN_CLUSTERS, ...HELD_OUT_CLUSTERS].sort()).toEqual([...INSTRUCTION_CLUSTERS].sort());
  });

  it('learns to answer; an untrained model stays as it is', async () => {
    const tuned = await run('instruct', { clusters: 3, steps: 60, learningRate: 3e-3 });
    const losses = metric(tuned.rows, 'loss');
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 2); // too little to know unseen entities, enough for the form
    const last = tuned.rows.at(-1)!;
    expect([tuned.rows[0]!.update, last.update]).toEqual([0, 60]);
    expect(tuned.result.summary).toMatchObject(last.metrics);
    const cells = ['colour', 'first', 'language'].map((c) => tuned.result.summary[`accuracy.${c}`]!);
    expect(mean(cells)).toBeCloseTo(last.metrics['accuracy/trainClusters']!, 9);
    const untrained = await run('instruct', { clusters: 0 });
    expect(untrained.result.artifact.weights).toEqual(trunk.base.weights);
    expect(untrained.result.summary['accuracy/trainClusters']).toBeUndefined();
  });

  it('of one cluster trains that one, from a fixed number of examples, in as many wordings as asked', async () => {
    const { engine: watched, updates } = recording(engine);
    const settings = { cluster: 'capital', examples: 3, templates: 1, steps: 4 };
    await run('instruct', settings, nanoContext(watched));
    const prompts = updates
      .flat()
      .flatMap((t) => t.batch.map((r) => decode(r.ids.slice(0, r.start)).join(' ')));
    expect(new Set(prompts).size).toBeLessThanOrEqual(3);
    for (const prompt of prompts) expect(prompt).toMatch(/^<bos> q: what is the capital of \w+ \? a:$/);
  });

  it('with prefix attention trains and answers with the question seen both ways', async () => {
    const { engine: watched, updates } = recording(engine);
    const settings = { steps: 3, attention: 'prefix' };
    await run('instruct', settings, nanoContext(watched));
    for (const row of updates.flat().flatMap((t) => t.batch)) expect(row.prefix).toBe(row.start);
    // two layers: in a single one the last token sees the same either way
    const config = { ...trunk.base.config, nLayer: 2 };
    const model = engine.createModel(config, initialWeights(config, rngFrom('two layers')));
    const prompts = unseenQuestions(rngFrom(1), ['language', 'copy'], 6).map((q) => q.prompt);
    const causal = await greedyAnswers(model, prompts, 5);
    const twoWay = await greedyAnswers(model, prompts, 5, true);
    expect(twoWay).not.toEqual(causal);
    expect(await greedyAnswers(model, prompts, 5)).toEqual(causal);
    // a prefix of the first token alone is causal attention: the helper then agrees with the cache
    const { data, cols } = await model.nextLogits(
      prompts.map((ids) => ({ ids, start: ids.length, prefix: 1 })),
    );
    causal.forEach((answer, i) => {
      const logits = Array.from(data.subarray(i * cols + 1, (i + 1) * cols));
      expect(1 + logits.indexOf(Math.max(...logits))).toBe(answer[0]);
    });
    model.dispose();
  });
});
