import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/types';
import { drawEvaluationPrompts, sampleGold } from '../../../src/pipeline/measures/evaluate';
import {
  modelOf,
  type LanguageModelArtifact,
  type MetricsEvent,
  type StageContext,
} from '../../../src/pipeline/contract/stage';
import { ownKey, type OwnData } from '../../../src/pipeline/contract/own';
import { mean } from '../../../src/pipeline/maths/statistics';
import { decode, encode, EOS, reviewTask } from '../../../src/world';
import { nanoContext, openEngine, recording, runToEnd, trainTrunk, type Trunk } from '../support';

let engine: Engine;
let context: StageContext;
let trunk: Trunk;

beforeAll(async () => {
  engine = await openEngine();
  context = nanoContext(engine);
  trunk = await trainTrunk(context);
}, 120_000);
afterAll(() => engine.dispose());

const metric = (rows: readonly MetricsEvent[], name: string): number[] => rows.map((r) => r.metrics[name]!);
const early = (values: number[]) => mean(values.slice(0, 5));
const late = (values: number[]) => mean(values.slice(-5));

describe('pretraining and SFT', () => {
  it('SFT lowers the loss and teaches to answer: gold rises and answers end', async () => {
    const losses = metric(trunk.runs.sft.rows, 'loss');
    expect(late(losses)).toBeLessThan(early(losses) - 0.3);
    const heldOut = drawEvaluationPrompts(context, 64);
    const quality = async (artifact: LanguageModelArtifact) => {
      const model = modelOf(context, artifact);
      const { gold, completions } = await sampleGold(context, model, heldOut);
      model.dispose();
      return { gold: mean(gold), ended: mean(completions.map((c) => (c.at(-1) === EOS ? 1 : 0))) };
    };
    const [before, after] = [await quality(trunk.base), await quality(trunk.sft)];
    expect(after.gold).toBeGreaterThan(before.gold + 0.1);
    expect(after.ended).toBeGreaterThan(0.9);
    expect(after.gold).toBeCloseTo(trunk.runs.sft.result.summary['gold']!, 6);
  });

  it('SFT trains on demonstrations only, each with its prompt masked and its <eos> in the target', async () => {
    const { engine: watched, updates } = recording(engine);
    await runToEnd(nanoContext(watched), 'sft', { steps: 3, batchSize: 8 }, trunk);
    expect(updates).toHaveLength(3);
    for (const row of updates.flat().flatMap((term) => term.batch)) {
      const prompt = reviewTask.parsePrompt(decode(row.ids.slice(1, row.start)));
      expect(prompt, decode(row.ids).join(' ')).not.toBeNull();
      expect(row.ids.at(-1)).toBe(EOS);
      expect(row.ids.indexOf(EOS)).toBe(row.ids.length - 1);
      expect(row.prefix ?? 0).toBe(0);
    }
  });

  it('SFT learns from demonstrations that a person brought, whatever those of the world say', async () => {
    const words = ['it', 'was', 'boring', '.', '<eos>'];
    const data: OwnData = {
      kind: 'demonstrations',
      rows: [{ prompt: ['review:', 'the', 'movie', 'was'], completion: words }],
    };
    const own = { [ownKey(data)]: data };
    const { result } = await runToEnd<LanguageModelArtifact>(
      { ...context, own },
      'sft',
      { steps: 60, batchSize: 8, learningRate: 5e-3, own: ownKey(data) },
      trunk,
    );
    const model = modelOf(context, result.artifact);
    const { completions } = await model.generate([[1, ...encode(data.rows[0]!.prompt)]], {
      maxNewTokens: 8,
      temperature: 0,
      noiseKey: 1,
    });
    model.dispose();
    expect(decode(completions[0]!)).toEqual(words);
    await expect(runToEnd(context, 'sft', { own: ownKey(data) }, trunk)).rejects.toMatchObject({
      info: { code: 'own.missing' },
    });
  });

  it('a fixed number of demonstrations is reused', async () => {
    const { engine: watched, updates } = recording(engine);
    await runToEnd(nanoContext(watched), 'sft', { steps: 4, batchSize: 16, examples: 5 }, trunk);
    const rows = updates.flat().flatMap((term) => term.batch.map((row) => row.ids.join()));
    expect(rows).toHaveLength(64);
    expect(new Set(rows).size).toBeLessThanOrEqual(5);
  });
});
