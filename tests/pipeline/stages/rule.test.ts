import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/types';
import { ownKey, type OwnData } from '../../../src/pipeline/contract/own';
import { modelOf, type RewardModelArtifact, type StageContext } from '../../../src/pipeline/contract/stage';
import { mean } from '../../../src/pipeline/maths/statistics';
import { encode, EOS } from '../../../src/world';
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

/** The reward that a rule makes, and its summary. */
async function made(source: string, settings = {}) {
  const data: OwnData = { kind: 'reward', source };
  const own = { [ownKey(data)]: data };
  const { result } = await runToEnd<RewardModelArtifact>(
    { ...context, own },
    'rule',
    { rule: ownKey(data), ...settings },
    trunk,
  );
  return result;
}

const FULL_STOPS = "(words) => words.filter((word) => word === '.').length";
const PROMPT = [1, ...encode(['review:', 'the', 'movie', 'was'])];
const rows = (...answers: string[]) =>
  answers.map((answer) => ({ ids: [...PROMPT, ...encode(answer.split(' ')), EOS], start: PROMPT.length }));

describe('a rule in the place of the reward model', () => {
  it('scores answers by their words, centred and scaled as a reward model is', async () => {
    const { artifact, summary } = await made(FULL_STOPS);
    const model = modelOf(context, artifact);
    const { scores, mask } = await model.evaluate(rows('great .', 'great . great . .'), { scores: true });
    expect([...scores!]).toEqual([1, 3]);
    expect(mask).toMatchObject({ rows: 2, cols: 6 });
    expect([...mask.data]).toEqual([1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1]);
    model.dispose();
    expect(artifact.mean).toBe(summary['rawMean']);
    expect(artifact.deviation).toBe(summary['rawDeviation']);
    expect(artifact.deviation).toBeGreaterThan(0);
    expect(Math.abs(summary['goldCorrelation']!)).toBeLessThanOrEqual(1);
  });

  it('keeps its own scale where that is asked for', async () => {
    expect((await made(FULL_STOPS, { normalise: false })).artifact).toMatchObject({ mean: 0, deviation: 1 });
  });

  it('that says the same of every answer goes with nothing', async () => {
    const { artifact, summary } = await made('() => 3');
    expect(artifact).toMatchObject({ mean: 3, deviation: 1e-6 });
    expect(summary).toEqual({ rawMean: 3, rawDeviation: 0 });
  });

  it('is what PPO learns, whatever gold says of it', async () => {
    const { artifact: reward } = await made(FULL_STOPS);
    const { evaluations } = await runToEnd(
      context,
      'ppo',
      { iterations: 12, rolloutBatch: 24, epochs: 2, klCoef: 0, learningRate: 3e-3 },
      { sft: trunk.sft, reward },
    );
    const [before, after] = [evaluations[0]!, evaluations.at(-1)!].map(({ evaluation }) => evaluation);
    expect(after!.proxy!).toBeGreaterThan(before!.proxy! + 0.3);
  });

  it('scores the answers of best-of-n and GRPO alike', async () => {
    const { artifact: reward } = await made('(words) => -words.length');
    const parents = { sft: trunk.sft, reward };
    const best = await runToEnd(context, 'best-of-n', { largest: 8, samples: 8 }, parents);
    expect(best.result.summary['length.8'] ?? best.result.summary['length']).toBeLessThan(
      mean(best.evaluations.map(({ evaluation }) => evaluation.length)),
    );
    const grpo = await runToEnd(context, 'grpo', { iterations: 1, prompts: 4, groupSize: 4 }, parents);
    expect(Number.isFinite(grpo.result.summary['proxy'])).toBe(true);
  });

  it.each([
    ['fails on an answer', "(words) => { throw new Error('no'); }", 'rule.threw'],
    ['gives no number', "() => 'high'", 'rule.value'],
    ['keeps something', 'let n = 0; () => n++', 'rule.unsteady'],
    ['does not end', '() => { for (;;); }', 'rule.endless'],
  ])('that %s fails the stage with what is wrong', async (_, source, code) => {
    await expect(made(source)).rejects.toMatchObject({ info: { code } });
  });

  it('that is not there is named', async () => {
    const missing = runToEnd(context, 'rule', { rule: '0'.repeat(32) }, trunk);
    await expect(missing).rejects.toMatchObject({ info: { code: 'own.missing' } });
    await expect(runToEnd(context, 'rule', {}, trunk)).rejects.toMatchObject({ info: { code: 'own.none' } });
  });
});
